import { ridOf } from './identifiers.ts'
import { type Entry, isDeleted, sidOf, type Tree, textOf, textsOf } from './tree.ts'

/** The groups that name it as a member; the primary group does not. */
export function groupsNaming(tree: Tree, entry: Entry): Entry[] {
  return linkedFrom(tree, entry, 'member')
}

/** The entries with a link to this one: the other end of `member`, `manager` or `managedBy`. */
export function linkedFrom(tree: Tree, entry: Entry, link: string): Entry[] {
  return tree.all().filter(other => !isDeleted(other) && textsOf(other, link).includes(entry.guid))
}

/** Every group that it is in through others, without the primary group's own. */
export function groupsInChain(tree: Tree, entry: Entry): Entry[] {
  return reach(entry, at => groupsNaming(tree, at))
}

/** Everybody who is in the group, through others too. */
export function membersInChain(tree: Tree, group: Entry): Entry[] {
  return reach(group, at => textsOf(at, 'member').flatMap(guid => tree.get(guid) ?? []))
}

/** What counts at sign-in: all groups, the primary one and what that is in included. */
export function tokenGroups(tree: Tree, entry: Entry): Entry[] {
  const primary = primaryGroup(tree, entry)
  const all = [...(primary ? [primary, ...groupsInChain(tree, primary)] : []), ...groupsInChain(tree, entry)]
  return [...new Set(all)]
}

export function primaryGroup(tree: Tree, entry: Entry): Entry | undefined {
  const rid = textOf(entry, 'primaryGroupID')
  return rid === undefined ? undefined : groupByRid(tree, rid)
}

export function groupByRid(tree: Tree, rid: string): Entry | undefined {
  return tree.all().find(entry => {
    const sid = sidOf(entry)
    return sid?.startsWith('S-1-5-21-') === true && ridOf(sid) === Number(rid)
  })
}

/** Groups may be in each other in a ring. */
function reach(start: Entry, next: (entry: Entry) => Entry[]): Entry[] {
  const seen = new Set<Entry>()
  const open = next(start)
  for (let at = open.pop(); at; at = open.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    open.push(...next(at))
  }
  return [...seen]
}
