import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { demoWorld, estateLeaver, estatePeople } from '../../src/sandbox/index.ts'
import { here, setPeopleStage, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal, TriedPeople as PeopleAccess } from './tried-goal.ts'

const estate = 20
const world = demoWorld()

/** In the order of the estate: the first two are administrators, and the first manages all others. */
export const emails = estatePeople(world).map(({ person }) => person.email)
/** With a device of each kind; the Linux machine is off. */
export const leaver = estateLeaver(world).person.email
/** With devices that are all online, and nobody to manage. */
export const other = emails[5] ?? ''

export const kinds: AccountGoalKind[] = [
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
  'groups-left',
  'access-freed',
  'devices-released',
  'deleted',
]

/** The sandbox's JumpCloud, fresh for every test of a file that calls this. */
export function setJumpcloudStage() {
  const stage = setPeopleStage()
  return {
    stage,
    open: () => stage.open('jumpcloud', estate),
    session: () => stage.session('jumpcloud', estate),
    contact: () => stage.control('jumpcloud', 'POST', 'devices/contact', {}),
    /** Sets what no call of JumpCloud's API sets. */
    alter: (email: string, change: Record<string, unknown>) =>
      stage.control('jumpcloud', 'POST', 'users', { email, change }),
    /** Calls that changed something, with ids left out. */
    async writes() {
      return (await stage.writes('jumpcloud')).map(call => call.replace(/(?:mdm-)?[0-9a-f]{24}/g, 'ID'))
    },
  }
}

export async function goalsFor(
  people: PeopleAccess,
  word: string,
  options: AccountGoalOptions = here,
): Promise<AccountGoal[]> {
  return people.goals(await theOne(people, word), options)
}

export async function readingOf(goal: AccountGoal): Promise<unknown> {
  const standing = await goal.look()
  return standing.state === 'unobservable' ? standing.why : standing.reading
}
