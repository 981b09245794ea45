import { Attribute, Change, Client, type ClientOptions, type Entry } from 'ldapts'
import { afterEach, beforeEach } from 'vitest'
import { type Call, demoWorld, estatePeople, type Fault, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { askControl, sending } from './ask-control.ts'

export const base = 'DC=ironbridge,DC=example'
export const operator = 'svc-k1ctl@ironbridge.example'
export const administrator = 'administrator@ironbridge.example'
export const peopleOu = `OU=People,${base}`
export const leaversOu = `OU=Leavers,${base}`
export const groupOf = (name: string) => `CN=${name},OU=Groups,${base}`
export const workshopGroup = groupOf('Workshop\\, CNC \\+ lathes')

/** The estate's people in the order of the seed, with what the directory calls them. */
export const people = estatePeople(demoWorld()).map(({ person, login }) => ({
  login,
  email: person.email,
  name: `${person.givenName} ${person.familyName}`,
}))

export function personAt(index: number): { login: string; email: string; name: string; dn: string } {
  const person = people[index]
  if (person === undefined) throw new Error(`The estate has no person ${index}.`)
  return { ...person, dn: `CN=${person.name},${peopleOu}` }
}

/** As the seed gives it to a person. */
export const passwordOf = (login: string) => `Anvil-${login}-1911`

export const change = (operation: 'add' | 'delete' | 'replace', type: string, ...values: (string | Buffer)[]) => {
  const buffers = values.map(value => (typeof value === 'string' ? Buffer.from(value) : value))
  return new Change({ operation, modification: new Attribute({ type, values: buffers }) })
}

/** `unicodePwd` of a password. */
export const quoted = (password: string) => Buffer.from(`"${password}"`, 'utf16le')

export interface DirectoryGround {
  readonly sandbox: Sandbox
  readonly url: string
  readonly ca: string
  readonly password: string
  clock: { at: Date }
  /** A connection over TLS on which nobody has signed in. */
  client(options?: Partial<ClientOptions>): Client
  /** A connection in the clear. */
  plainClient(): Client
  signIn(name?: string, password?: string): Promise<Client>
  control(method: string, path: string, body?: unknown): Promise<unknown>
  fault(...faults: Fault[]): Promise<unknown>
  calls(): Promise<Call[]>
}

/** A sandbox for every test of a file that calls this, and the clients on it, closed afterwards. */
export function setDirectoryGround(): DirectoryGround {
  const clock = { at: new Date('2026-03-02T09:00:00Z') }
  let sandbox: Sandbox
  let clients: Client[] = []
  const system = () => {
    const found = sandbox.systems['active-directory']
    if (found === undefined) throw new Error('The sandbox has no Active Directory.')
    return found
  }
  const credential = (name: string) => system().credentials[name] ?? ''

  beforeEach(async () => {
    clock.at = new Date('2026-03-02T09:00:00Z')
    sandbox = await startSandbox({ seed: 'demo', now: () => clock.at })
  })
  afterEach(async () => {
    await Promise.all(clients.map(client => client.unbind().catch(() => {})))
    clients = []
    await sandbox.close()
  })

  const limits = { timeout: 5000, connectTimeout: 5000 }

  function keep(made: Client): Client {
    clients.push(made)
    return made
  }

  function client(options: Partial<ClientOptions> = {}): Client {
    return keep(new Client({ url: credential('url'), tlsOptions: { ca: credential('ca') }, ...limits, ...options }))
  }

  function control(method: string, path: string, body?: unknown): Promise<unknown> {
    return askControl(`${system().control}/${path}`, sending(method, body))
  }

  return {
    get sandbox() {
      return sandbox
    },
    get url() {
      return credential('url')
    },
    get ca() {
      return credential('ca')
    },
    get password() {
      return credential('password')
    },
    clock,
    client,
    plainClient: () => keep(new Client({ url: credential('url').replace('ldaps', 'ldap'), ...limits })),
    async signIn(name = operator, password = credential('password')) {
      const made = client()
      await made.bind(name, password)
      return made
    },
    control,
    fault: (...faults) => control('POST', 'faults', faults),
    calls: async () => (await control('GET', 'calls')) as Call[],
  }
}

/** The result code of what fails, 0 of what does not, the error's name where there was no result. */
export async function codeOf(work: Promise<unknown>): Promise<number | string> {
  try {
    await work
    return 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return error.code
    return error instanceof Error ? error.name : String(error)
  }
}

export async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export async function readOne(client: Client, dn: string, attributes?: string[]): Promise<Entry> {
  const { searchEntries } = await client.search(dn, {
    scope: 'base',
    ...(attributes ? { attributes } : {}),
    explicitBufferAttributes: ['objectGUID', 'objectSid', 'tokenGroups'],
  })
  const [entry] = searchEntries
  if (entry === undefined) throw new Error(`no ${dn}`)
  return entry
}

export async function guidHex(client: Client, dn: string): Promise<string> {
  const { objectGUID } = await readOne(client, dn, ['objectGUID'])
  if (!Buffer.isBuffer(objectGUID)) throw new Error(`${dn} has no objectGUID`)
  return objectGUID.toString('hex')
}

/** Names of what a search finds below the domain. */
export async function findNames(client: Client, filter: string, attribute = 'sAMAccountName'): Promise<string[]> {
  const { searchEntries } = await client.search(base, { filter, attributes: [attribute] })
  return searchEntries.map(entry => String(entry[attribute])).sort()
}
