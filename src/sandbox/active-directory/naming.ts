import { fold, formatDn, type Rdn } from './dn.ts'
import { LdapFault } from './ldap-fault.ts'
import { type Entry, hasClass, isDeleted, setTexts, type Tree } from './tree.ts'

/** Where an entry is to go. @throws LdapFault 32 when it does not exist, 64 when nothing can be in it */
export function needFolder(tree: Tree, parts: readonly Rdn[]): Entry {
  const folder = tree.need(formatDn(parts))
  if (!['organizationalUnit', 'container', 'domain'].some(kind => hasClass(folder, kind))) {
    throw new LdapFault('namingViolation', '00002099: UpdErr: problem 6001 (NAMING_VIOLATION), data 0')
  }
  return folder
}

/** @throws LdapFault 68 when another entry in the folder has the name */
export function needFreeName(tree: Tree, folder: Entry, rdn: Rdn, entry: Entry): void {
  const isTaken = tree
    .children(folder)
    .some(other => other.guid !== entry.guid && !isDeleted(other) && fold(other.rdn.value) === fold(rdn.value))
  if (isTaken) throw new LdapFault('entryAlreadyExists', '00000524: UpdErr: problem 6005 (ENTRY_EXISTS), data 0')
}

/** The name, in all places where it stands. */
export function rename(entry: Entry, { type, value }: Rdn): void {
  entry.rdn = { type: entry.rdn.type, value }
  setTexts(entry, 'name', value)
  setTexts(entry, type.toLowerCase(), value)
}
