import type { Corp } from './corp.ts'
import type { Samba } from './samba.ts'

/** The class of users, and of groups, as access lists name them. */
const users = 'bf967aba-0de6-11d0-a285-00aa003049e2'
const groups = 'bf967a9c-0de6-11d0-a285-00aa003049e2'
const resetPassword = '00299570-246d-11d0-a768-00aa006e0529'

/** What `about.rights` asks for and nothing else: to the account with this log-in, on the OUs of the test. */
export async function delegate(samba: Samba, corp: Corp, login: string, attributes: readonly string[]): Promise<void> {
  const sid = await corp.sidOf(login)
  const grant = (ou: string, aces: readonly string[]) =>
    samba.tool('dsacl', 'set', `--objectdn=OU=${ou},${samba.base}`, `--sddl=${aces.join('')}`)
  const written = await Promise.all(attributes.map(name => corp.attributeGuid(name)))
  const onUsers = [
    ...written.map(guid => `(OA;CI;WP;${guid};${users};${sid})`),
    `(OA;CI;CR;${resetPassword};${users};${sid})`,
  ]
  grant('Staff', [...onUsers, `(OA;CI;DC;${users};;${sid})`])
  grant('Leavers', [...onUsers, `(OA;CI;CCDC;${users};;${sid})`])
  grant('Groups', [`(OA;CI;WP;${await corp.attributeGuid('member')};${groups};${sid})`])
}
