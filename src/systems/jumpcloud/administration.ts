import type { Moment } from '../../core/moment.ts'
import { partOf } from '../../core/parts.ts'
import { goneReading, type Reading, seen, unseen } from '../../core/reading.ts'
import { type GoalGround, type Holder, userOf } from './ground.ts'

export interface Administration {
  /** Ids of the person's administrator accounts that are linked to the organization. */
  administrators: string[]
  /** Everybody's who is linked; to give back what is not there any more. */
  all: readonly string[]
  /** How many other organizations they administer; null where that is not shown. */
  elsewhere: number | null
}

/** The readings of `administrationOf`. */
export const administrationNeeds = ['user', 'administrators', 'links', 'elsewhere']

/** Who they were when they were found: deleting a user leaves their administrator account as it was. */
export function foundAdministrators({ account }: Holder): string[] {
  return (account.asFound?.administrators ?? '').split(',').filter(id => id !== '')
}

/**
 * Behind a provider, the links between administrators and the organization tell; an organization of its own shows none,
 * and there its administrators are looked through.
 */
export async function administrationOf(
  tools: GoalGround,
  subject: Holder,
  moment: Moment,
): Promise<Reading<Administration>> {
  const { client, administrators, settings } = tools
  const { orgId: org } = settings
  const found = foundAdministrators(subject)
  const user = await userOf(tools, subject, moment)
  if (user === null && found.length === 0) return unknown(subject)
  const now = await moment.read('administrators', async () => {
    if (user !== null) return administrators.of(user)
    return org === undefined ? stillHere(tools, found) : []
  })
  const known = org === undefined ? now : [...new Set([...found, ...now])]
  if (org === undefined || known.length === 0) {
    if (user === null && known.length === 0) return goneReading
    return seen({ administrators: known, all: known, elsewhere: 0 })
  }
  const all = await moment.read('links', () => client.administratorsOf(org))
  const others = await moment.read('elsewhere', () => partOf(Promise.all(known.map(client.organizationsFor))))
  const linked = all.filter(id => known.includes(id))
  if (user === null && linked.length === 0) return goneReading
  const elsewhere = others.value ? new Set(others.value.flat().filter(id => id !== org)).size : null
  return seen({ administrators: linked, all, elsewhere })
}

/** Of whom nobody knows whether they had one. */
function unknown({ account, login }: Holder): Reading<never> {
  if (account.asFound?.administrators !== undefined) return goneReading
  return unseen(
    'not-shown',
    `The account is gone, and whether ${login} was an administrator of the console was not seen before.`,
    'Look in the Admin Portal, at Settings > Administrators.',
  )
}

/** Of these administrators, who is one of the organization now. */
async function stillHere({ client }: GoalGround, ids: readonly string[]): Promise<string[]> {
  const now = new Set((await client.administratorsHere()).map(({ id }) => id))
  return ids.filter(id => now.has(id))
}
