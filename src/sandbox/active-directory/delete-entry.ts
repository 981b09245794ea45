import type { Outcome } from './answer.ts'
import type { DomainController } from './controller.ts'
import { type Control, treeDelete } from './controls.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import { linkedFrom } from './memberships.ts'
import { rename } from './naming.ts'
import type { Operation } from './request.ts'
import type { Session } from './session.ts'
import { type Entry, setTexts, textOf, textsOf } from './tree.ts'

/** What a tombstone keeps of its entry (MS-ADTS 3.1.1.5.5.1.1); the recycle bin, which would keep all, is off. */
const lasting = [
  'objectClass',
  'instanceType',
  'whenCreated',
  'uSNCreated',
  'objectGUID',
  'objectSid',
  'sAMAccountName',
  'userAccountControl',
  'groupType',
]

/** Makes the entry a tombstone below `CN=Deleted Objects`. */
export function deleteEntry(
  controller: DomainController,
  session: Session,
  { dn }: Extract<Operation, { kind: 'delete' }>,
  controls: readonly Control[],
): Outcome {
  const who = controller.signedIn(session)
  const { tree, access } = controller
  const entry = tree.need(dn)
  if (!access.allows(who, 'delete', entry)) {
    throw new LdapFault('insufficientAccessRights', '00000005: SecErr: problem 4003 (INSUFF_ACCESS_RIGHTS), data 0')
  }
  if (textOf(entry, 'isCriticalSystemObject') === 'TRUE') {
    throw new LdapFault('other', '00002010: SvcErr: the system needs it')
  }
  const below = tree.below(entry)
  if (below.length > 1 && !controls.some(({ oid }) => oid === treeDelete)) {
    throw new LdapFault('notAllowedOnNonLeaf', '00002015: UpdErr: problem 6003 (CANT_ON_NON_LEAF), data 0')
  }
  for (const one of below.reverse()) bury(controller, one)
  return { code: codes.success }
}

function bury(controller: DomainController, entry: Entry): void {
  const { tree, domain } = controller
  const login = textOf(entry, 'userPrincipalName')
  for (const link of ['member', 'manager', 'managedBy']) {
    for (const other of linkedFrom(tree, entry, link)) {
      setTexts(other, link, ...textsOf(other, link).filter(guid => guid !== entry.guid))
    }
  }
  const kept = [...entry.attributes].filter(([name]) => lasting.includes(name))
  const above = entry.parent
  entry.attributes = new Map(kept)
  entry.parent = tree.need(`CN=Deleted Objects,${domain.dn}`, true).guid
  delete entry.password
  if (above !== null) setTexts(entry, 'lastKnownParent', above)
  setTexts(entry, 'isDeleted', 'TRUE')
  setTexts(entry, 'isRecycled', 'TRUE')
  rename(entry, { type: entry.rdn.type, value: `${entry.rdn.value}\nDEL:${entry.guid}` })
  controller.touch(entry)
  if (login !== undefined) controller.deps.sync.reportDeleted(login)
}
