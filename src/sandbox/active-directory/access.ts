import { groupsInChain } from './memberships.ts'
import { writableNames } from './schema.ts'
import { delegatesName } from './seed.ts'
import { type Entry, hasClass, isDeleted, type Tree, textOf } from './tree.ts'

/** What an administrator of the domain delegates to whoever offboards. */
export const rights = [
  'write-person',
  'reset-password',
  'write-members',
  'move',
  'delete',
  'read-deleted',
  'reanimate',
] as const

export type Right = (typeof rights)[number]

/** Who somebody is by the groups that they are in. */
interface Standing {
  isAdministrator: boolean
  isDelegate: boolean
}

/** Needs "Reset password" besides, which is no attribute; the wizard for delegation gives them together. */
const withPassword = ['pwdLastSet', 'lockoutTime']
const notOfPeople = ['member', 'managedBy', 'groupType', 'adminCount', 'servicePrincipalName', ...withPassword]
const ofPeople = writableNames.filter(name => !notOfPeople.includes(name))

/**
 * Who may do what: administrators everything; members of the delegates' group what offboarding needs, with people below
 * People and Leavers and with the groups below Groups; everybody else may read. Whoever is or was in a protected group
 * (`adminCount`) is out of a delegate's reach wherever they are: the server puts AdminSDHolder's access list on them.
 */
export class Access {
  readonly #tree: Tree
  /** Rights that the delegates have lost. */
  readonly withheld = new Set<Right>()

  constructor(tree: Tree) {
    this.#tree = tree
  }

  isAdministrator(who: Entry): boolean {
    return this.#standingOf(who).isAdministrator
  }

  /** @param entry whom it is about; for `move` also where to */
  allows(who: Entry, right: Right, entry: Entry): boolean {
    return this.#allows(this.#standingOf(who), right, entry)
  }

  #allows({ isAdministrator, isDelegate }: Standing, right: Right, entry: Entry): boolean {
    if (entry.protectedFromDeletion && (right === 'delete' || right === 'move')) return false
    if (isAdministrator) return true
    if (this.withheld.has(right) || !isDelegate) return false
    if (right === 'read-deleted' || (right === 'reanimate' && isDeleted(entry))) return true
    if (textOf(entry, 'adminCount') === '1') return false
    return this.#isInReach(right, entry)
  }

  /** May this attribute be written? A password is not asked for here. */
  allowsWriting(who: Entry, name: string, entry: Entry): boolean {
    return this.#allowsWriting(this.#standingOf(who), name, entry)
  }

  #allowsWriting(who: Standing, name: string, entry: Entry): boolean {
    if (who.isAdministrator) return writableNames.includes(name)
    if (hasClass(entry, 'group')) return name === 'member' && this.#allows(who, 'write-members', entry)
    if (!hasClass(entry, 'user')) return false
    if (withPassword.includes(name)) return this.#allows(who, 'reset-password', entry)
    return ofPeople.includes(name) && this.#allows(who, 'write-person', entry)
  }

  /** For `allowedAttributesEffective`. Renaming writes the name. */
  writableBy(who: Entry, entry: Entry): string[] {
    const standing = this.#standingOf(who)
    const renaming = hasClass(entry, 'user') && this.#allows(standing, 'move', entry) ? ['cn', 'name'] : []
    return [...writableNames.filter(name => this.#allowsWriting(standing, name, entry)), ...renaming]
  }

  /** For `allowedChildClassesEffective`: a folder that people may be moved to. */
  childrenBy(who: Entry, entry: Entry): string[] {
    return hasClass(entry, 'organizationalUnit') && this.allows(who, 'move', entry) ? ['user'] : []
  }

  #isInReach(right: Right, entry: Entry): boolean {
    const folders = right === 'write-members' ? ['Groups'] : ['People', 'Leavers']
    return this.#tree
      .all()
      .filter(({ rdn }) => rdn.type === 'OU' && folders.includes(rdn.value))
      .some(folder => this.#tree.isBelow(entry, folder))
  }

  #standingOf(who: Entry): Standing {
    const groups = groupsInChain(this.#tree, who)
    return {
      isAdministrator: groups.some(group => textOf(group, 'sAMAccountName') === 'Domain Admins'),
      isDelegate: groups.some(group => group.rdn.value === delegatesName),
    }
  }
}
