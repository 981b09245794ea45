import type { DomainController } from './controller.ts'
import { parseDn } from './dn.ts'
import { LdapFault } from './ldap-fault.ts'
import { needFolder, needFreeName, rename } from './naming.ts'
import type { Change } from './request.ts'
import { attributeAbout } from './schema.ts'
import { type Entry, isDeleted, setTexts, textOf } from './tree.ts'

const isAbout = (name: string) => (change: Change) => attributeAbout(change.attribute)?.name === name

export function isReanimation(entry: Entry, changes: readonly Change[]): boolean {
  return isDeleted(entry) && changes.some(change => isAbout('isDeleted')(change) && change.operation === 'delete')
}

/**
 * Makes a tombstone an entry again (MS-ADTS 3.1.1.5.3.7), on the draft: `isDeleted` is deleted and `distinguishedName`
 * replaced, in one modification. Groups, e-mail and log-in name do not come back, nor does the password.
 * @returns the other changes of the modification
 */
export function reanimate(
  controller: DomainController,
  who: Entry,
  draft: Entry,
  changes: readonly Change[],
): Change[] {
  const { tree, access } = controller
  const naming = changes.find(change => isAbout('distinguishedName')(change) && change.operation === 'replace')
  const [rdn, ...above] = parseDn(naming?.values[0]?.toString('utf8') ?? '') ?? []
  if (rdn === undefined)
    throw new LdapFault('unwillingToPerform', '00002077: UpdErr: a deleted object needs a new name')
  const folder = needFolder(tree, above)
  if (!access.allows(who, 'reanimate', draft) || !access.allows(who, 'move', folder)) {
    throw new LdapFault('insufficientAccessRights', '00002098: SecErr: problem 4003 (INSUFF_ACCESS_RIGHTS), data 0')
  }
  needFreeName(tree, folder, rdn, draft)
  draft.parent = folder.guid
  rename(draft, rdn)
  for (const name of ['isDeleted', 'isRecycled']) draft.attributes.delete(name)
  const isAccount = textOf(draft, 'userAccountControl') !== undefined
  if (isAccount) for (const [name, value] of Object.entries(asNew)) setTexts(draft, name, value)
  setTexts(draft, 'objectCategory', categoryOf(controller, isAccount ? 'Person' : 'Group'))
  return changes.filter(change => !isAbout('isDeleted')(change) && !isAbout('distinguishedName')(change))
}

/** As Samba 4.17 gave them to an account that came back. */
const asNew = {
  accountExpires: '0',
  adminCount: '0',
  badPasswordTime: '0',
  badPwdCount: '0',
  codePage: '0',
  countryCode: '0',
  lastLogoff: '0',
  lastLogon: '0',
  logonCount: '0',
  operatorCount: '0',
  primaryGroupID: '513',
  pwdLastSet: '0',
  sAMAccountType: '805306368',
}

function categoryOf({ domain }: DomainController, name: string): string {
  return `CN=${name},CN=Schema,CN=Configuration,${domain.dn}`
}
