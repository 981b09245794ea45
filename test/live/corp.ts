import { Attribute, Change, Client, Control, type Entry } from 'ldapts'
import type { Samba } from './samba.ts'

/** The people and groups of the test's domain, made and looked at with ldapts alone: a witness beside the connector. */
export interface Corp {
  /** A password that everybody has at first. */
  password: string
  add(dn: string, attributes: Record<string, string | string[]>): Promise<void>
  /** An enabled user with the password of all. */
  addUser(dn: string, login: string, more?: Record<string, string | string[]>): Promise<void>
  addGroup(name: string, members?: readonly string[]): Promise<string>
  set(dn: string, attribute: string, ...values: string[]): Promise<void>
  join(group: string, ...members: string[]): Promise<void>
  /** Everything of one entry, also when it was deleted; null when there is none. */
  find(filter: string): Promise<Entry | null>
  /** Result code and message of signing in. */
  signIn(username: string, password?: string): Promise<string>
  /** `uSNChanged` by DN, of all entries: what was written since shows. */
  usn(): Promise<Map<string, number>>
  leave(group: string, ...members: string[]): Promise<void>
  move(dn: string, to: string): Promise<void>
  remove(dn: string): Promise<void>
  sidOf(login: string): Promise<string>
  /** As access lists name an attribute. */
  attributeGuid(name: string): Promise<string>
  close(): Promise<void>
}

export async function openCorp(samba: Samba): Promise<Corp> {
  const password = 'Welcome-2-Corp!'
  const open = () =>
    new Client({
      url: `ldaps://${samba.host}`,
      timeout: 20_000,
      connectTimeout: 5_000,
      tlsOptions: { ca: samba.ca, servername: samba.serverName },
    })
  const client = open()
  await client.bind(samba.administrator.username, samba.administrator.password)
  const modify = (dn: string, operation: 'add' | 'delete' | 'replace', type: string, values: string[] | Buffer[]) =>
    client.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) }))
  const quoted = (text: string) => Buffer.from(`"${text}"`, 'utf16le')

  const corp: Corp = {
    password,
    add: (dn, attributes) => client.add(dn, attributes),
    async addUser(dn, login, more = {}) {
      await client.add(dn, {
        objectClass: 'user',
        sAMAccountName: login,
        userPrincipalName: `${login}@corp.test`,
        ...more,
      })
      await modify(dn, 'replace', 'unicodePwd', [quoted(password)])
      await modify(dn, 'replace', 'userAccountControl', ['66048'])
    },
    async addGroup(name, members = []) {
      const dn = `CN=${name},OU=Groups,${samba.base}`
      const plain = name.replace(/[^A-Za-z0-9 ]/g, '')
      await client.add(dn, { objectClass: 'group', sAMAccountName: plain, groupType: '-2147483646' })
      if (members.length > 0) await modify(dn, 'add', 'member', [...members])
      return dn
    },
    set: (dn, attribute, ...values) => modify(dn, 'replace', attribute, values),
    join: (group, ...members) => modify(group, 'add', 'member', members),
    async find(filter) {
      const { searchEntries } = await client.search(
        samba.base,
        { filter, attributes: ['*', 'memberOf', 'uSNChanged'], explicitBufferAttributes: ['objectGUID', 'objectSid'] },
        [new Control('1.2.840.113556.1.4.417', { critical: true })],
      )
      return searchEntries[0] ?? null
    },
    async signIn(username, given = password) {
      const other = open()
      try {
        await other.bind(username, given)
        return 'signed in'
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      } finally {
        await other.unbind()
      }
    },
    async usn() {
      const { searchEntries } = await client.search(samba.base, { attributes: ['uSNChanged'], paged: true })
      return new Map(searchEntries.map(entry => [entry.dn, Number(entry.uSNChanged)]))
    },
    leave: (group, ...members) => modify(group, 'delete', 'member', members),
    move: (dn, to) => client.modifyDN(dn, to),
    remove: dn => client.del(dn),
    async sidOf(login) {
      const sid = (await corp.find(`(sAMAccountName=${login})`))?.objectSid
      if (!Buffer.isBuffer(sid)) throw new Error(`${login} has no SID`)
      const parts = Array.from({ length: sid.readUInt8(1) }, (_, at) => sid.readUInt32LE(8 + 4 * at))
      return ['S-1-5', ...parts].join('-')
    },
    async attributeGuid(name) {
      const { searchEntries } = await client.search(`CN=Schema,CN=Configuration,${samba.base}`, {
        filter: `(lDAPDisplayName=${name})`,
        attributes: ['schemaIDGUID'],
        explicitBufferAttributes: ['schemaIDGUID'],
      })
      const guid = searchEntries[0]?.schemaIDGUID
      if (!Buffer.isBuffer(guid)) throw new Error(`the schema has no ${name}`)
      const part = (from: number, to: number) => guid.subarray(from, to)
      const ordered = [part(0, 4).reverse(), part(4, 6).reverse(), part(6, 8).reverse(), part(8, 10), part(10, 16)]
      return ordered.map(bytes => bytes.toString('hex')).join('-')
    },
    close: () => client.unbind(),
  }
  await corp.add(`OU=Staff,${samba.base}`, { objectClass: 'organizationalUnit' })
  await corp.add(`OU=Leavers,${samba.base}`, { objectClass: 'organizationalUnit' })
  await corp.add(`OU=Groups,${samba.base}`, { objectClass: 'organizationalUnit' })
  return corp
}
