import { isEnabled } from './account-control.ts'
import type { Outcome } from './answer.ts'
import { applyChange } from './change-values.ts'
import type { DomainController } from './controller.ts'
import { type Control, showDeleted } from './controls.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import { groupByRid, primaryGroup } from './memberships.ts'
import { changePassword } from './password.ts'
import { isReanimation, reanimate } from './reanimate.ts'
import type { Change, Operation } from './request.ts'
import { attributeAbout } from './schema.ts'
import type { Session } from './session.ts'
import { type Entry, isDeleted, setTexts, textOf, textsOf } from './tree.ts'

/** All changes, or none of them. */
export function modify(
  controller: DomainController,
  session: Session,
  { dn, changes }: Extract<Operation, { kind: 'modify' }>,
  controls: readonly Control[],
): Outcome {
  const who = controller.signedIn(session)
  const entry = controller.tree.need(
    dn,
    controls.some(({ oid }) => oid === showDeleted),
  )
  const draft: Entry = { ...entry, attributes: new Map(entry.attributes) }
  const rest = isReanimation(entry, changes) ? reanimate(controller, who, draft, changes) : changes
  if (isDeleted(draft)) throw new LdapFault('unwillingToPerform', '00002077: UpdErr: the object is deleted.')
  const isPassword = ({ attribute }: Change) => attributeAbout(attribute)?.writing === 'secret'
  for (const change of rest.filter(one => !isPassword(one))) {
    requireRight(controller, who, draft, change)
    applyChange(controller, draft, change)
  }
  changePassword(controller, who, draft, rest.filter(isPassword))
  refuseEnablingWithoutPassword(entry, draft)
  movePrimaryGroup(controller, entry, draft)
  keep(controller, entry, draft)
  return { code: codes.success }
}

function requireRight({ access, tree }: DomainController, who: Entry, draft: Entry, { attribute }: Change): void {
  const about = attributeAbout(attribute)
  // What nobody may write has errors of its own, but only for those who may write something.
  const isOpen =
    about?.writing === 'plain' ? access.allowsWriting(who, about.name, draft) : access.writableBy(who, draft).length > 0
  if (isOpen) return
  const problem = 'problem 4003 (INSUFF_ACCESS_RIGHTS), data 0'
  throw new LdapFault('insufficientAccessRights', `00002098: SecErr: DSID-031514A0, ${problem}, ${tree.dnOf(draft)}`)
}

/**
 * Only a group that the account is a member of can become its primary one. The old one becomes an ordinary one, and the
 * new one's `member` no longer names the account (MS-ADTS 3.1.1.5.3.2).
 */
function movePrimaryGroup(controller: DomainController, entry: Entry, draft: Entry): void {
  const rid = textOf(draft, 'primaryGroupID')
  if (rid === undefined || rid === (textOf(entry, 'primaryGroupID') ?? rid)) return
  const [old, next] = [primaryGroup(controller.tree, entry), groupByRid(controller.tree, rid)]
  if (next === undefined || !textsOf(next, 'member').includes(entry.guid)) {
    throw new LdapFault(
      'unwillingToPerform',
      '0000055F: SvcErr: not a member of the group that is to be the primary one',
    )
  }
  setTexts(next, 'member', ...textsOf(next, 'member').filter(guid => guid !== entry.guid))
  if (old) setTexts(old, 'member', ...textsOf(old, 'member'), entry.guid)
  controller.touch(next, ...(old ? [old] : []))
}

function refuseEnablingWithoutPassword(entry: Entry, draft: Entry): void {
  const [before, after] = [textOf(entry, 'userAccountControl'), textOf(draft, 'userAccountControl')]
  if (before === after || isEnabled(before) || !isEnabled(after) || draft.password !== undefined) return
  throw new LdapFault('unwillingToPerform', '0000052D: SvcErr: problem 5003 (WILL_NOT_PERFORM), data 0')
}

function keep(controller: DomainController, entry: Entry, draft: Entry): void {
  const before = textOf(entry, 'userAccountControl')
  entry.attributes = draft.attributes
  entry.parent = draft.parent
  entry.rdn = draft.rdn
  if (draft.password !== undefined) entry.password = draft.password
  controller.touch(entry)
  const after = textOf(entry, 'userAccountControl')
  const login = textOf(entry, 'userPrincipalName')
  if (login !== undefined && isEnabled(before) !== isEnabled(after))
    controller.deps.sync.report(login, isEnabled(after))
}
