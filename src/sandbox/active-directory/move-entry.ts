import type { Outcome } from './answer.ts'
import type { DomainController } from './controller.ts'
import { parseDn } from './dn.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import { needFolder, needFreeName, rename } from './naming.ts'
import type { Operation } from './request.ts'
import type { Session } from './session.ts'
import { type Entry, textOf } from './tree.ts'

/** Moves an entry to another folder, renames it, or both. From then on its old name is nobody's. */
export function moveEntry(
  controller: DomainController,
  session: Session,
  { dn, newRdn, newSuperior }: Extract<Operation, { kind: 'modify-dn' }>,
): Outcome {
  const who = controller.signedIn(session)
  const { tree, access } = controller
  const entry = tree.need(dn)
  const [rdn, ...more] = parseDn(newRdn) ?? []
  if (rdn === undefined || more.length > 0) throw new LdapFault('invalidDnSyntax', `00002081: NameErr: '${newRdn}'`)
  if (rdn.type !== entry.rdn.type) throw new LdapFault('notAllowedOnRdn', '00002016: UpdErr: another kind of name')
  const folder = folderOf(controller, entry, newSuperior)
  const isMove = folder.guid !== entry.parent
  if (!access.allows(who, 'move', entry) || (isMove && !access.allows(who, 'move', folder))) {
    throw new LdapFault('insufficientAccessRights', '00002098: SecErr: problem 4003 (INSUFF_ACCESS_RIGHTS), data 0')
  }
  if (textOf(entry, 'isCriticalSystemObject') === 'TRUE' || tree.isBelow(folder, entry)) {
    throw new LdapFault('unwillingToPerform', '00002077: UpdErr: problem 5003 (WILL_NOT_PERFORM), data 0')
  }
  needFreeName(tree, folder, rdn, entry)
  entry.parent = folder.guid
  rename(entry, rdn)
  controller.touch(entry)
  return { code: codes.success }
}

function folderOf({ tree }: DomainController, entry: Entry, newSuperior: string | null): Entry {
  if (newSuperior === null) {
    const above = entry.parent === null ? undefined : tree.get(entry.parent)
    if (above === undefined) throw new LdapFault('unwillingToPerform', '00002077: UpdErr: the domain stays')
    return above
  }
  const folder = tree.find(newSuperior)
  // Not 32, which would say that there is no such entry to be moved.
  if (folder === undefined) throw new LdapFault('other', '00002089: UpdErr: problem 5012 (DIR_ERROR), data 3')
  return needFolder(tree, tree.partsOf(folder))
}
