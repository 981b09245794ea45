import type { Directory } from './directory.ts'
import type { Domain } from './domain.ts'
import type { Entry } from './entry.ts'
import type { DirectorySettings } from './settings.ts'

const effective = ['allowedAttributesEffective', 'allowedChildClassesEffective']
/** `isCriticalSystemObject` and `adminCount`: what delegated rights do not reach says nothing about the others. */
const ordinary = '(!(isCriticalSystemObject=TRUE))(!(adminCount=1))'

/** Looked at: who delegates does so by OU, and some entries are always elsewhere. */
const most = 20

/**
 * Which rights are missing, as far as a controller tells without being written to: it lists the attributes that we may
 * write (`allowedAttributesEffective`) on some ordinary users and groups, and the classes that we may create in the OU
 * of leavers. "Reset Password" is an extended right, which no attribute lists; deleting is none either.
 */
export async function missingRights(
  directory: Directory,
  domain: Domain,
  settings: DirectorySettings,
  self: string | undefined,
): Promise<string[]> {
  const some = async (condition: string): Promise<Entry[]> => {
    const filter = `(&${condition}${ordinary})`
    const found = await directory.search(domain.base, { filter, attributes: effective, most })
    // Who we are may often write more of themselves than of others.
    return found.filter(({ dn }) => dn !== self)
  }
  const { leaversOu, clearAttributes } = settings
  const [users, groups, ou] = await Promise.all([
    some('(objectCategory=person)(objectClass=user)'),
    some('(objectClass=group)'),
    leaversOu === undefined ? undefined : directory.read(leaversOu, { attributes: effective }),
  ])
  const missing: string[] = []
  const lacks = (entries: readonly Entry[], name: string) =>
    entries.length > 0 && !entries.some(entry => may(entry, name))
  const unwritable = ['userAccountControl', 'description', 'primaryGroupID', ...clearAttributes].filter(name =>
    lacks(users, name),
  )
  if (unwritable.length > 0) {
    missing.push(
      `The account may not write ${unwritable.join(', ')} of users (such as ${users[0]?.dn}): delegate that on their OUs.`,
    )
  }
  if (lacks(groups, 'member')) {
    missing.push(
      `The account may not write the members of groups (such as ${groups[0]?.dn}): delegate Write Members on their OUs.`,
    )
  }
  if (ou === null) {
    missing.push(`The OU of leavers, ${leaversOu}, is not there, or the account may not read it.`)
  } else if (ou !== undefined && !has(ou, 'allowedChildClassesEffective', 'user')) {
    missing.push(
      `The account may not create users in ${ou.dn}, so nobody can be moved there: delegate Create User objects.`,
    )
  }
  return missing
}

function may(entry: Entry, attribute: string): boolean {
  return has(entry, 'allowedAttributesEffective', attribute)
}

function has(entry: Entry, list: string, name: string): boolean {
  return entry.texts(list).some(one => one.toLowerCase() === name.toLowerCase())
}
