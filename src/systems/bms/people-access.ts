import type { Account, PeopleAccess } from '../../core/account.ts'
import { isK1Error, K1Error } from '../../core/errors.ts'
import type { FeatureAccess } from '../../core/features.ts'
import type { OldStanding as Standing } from '../../core/old-goal.ts'
import { type OldAccountGoal as AccountGoal, fromOld } from '../../core/old-goal.ts'
import type { OpenDeps } from '../../core/system.ts'
import { followKaseyaOne } from '../../http/module-admin/follow-kaseyaone.ts'
import { waitFor } from '../../http/wait-for.ts'
import { about, accountStepsTo } from './about.ts'
import type { BmsClient } from './client.ts'
import { parseId } from './defaults.ts'
import { gatherLooks } from './gather-looks.ts'
import { createEmployeeFinder } from './people.ts'
import { toUser } from './reading.ts'
import type { Employee } from './schemas.ts'

/** People of BMS: looked at, never written. What KaseyaOne does not bring about, a person does. */
export function createPeopleAccess(
  client: BmsClient,
  features: FeatureAccess,
  { clock, http: { signal } }: Pick<OpenDeps, 'clock' | 'http'>,
): PeopleAccess {
  const follows = followKaseyaOne(about.title, features, clock)

  const findEmployees = createEmployeeFinder(client)
  const lookAt = gatherLooks(ids => client.employees(ids), clock)

  async function employee(id: string): Promise<Employee | undefined> {
    return lookAt(parseId(id, 'employee'))
  }

  async function look(id: string, wanted: boolean): Promise<Standing> {
    const found = await employee(id)
    if (found === undefined) return { state: wanted ? 'not-yet' : 'holds', reading: { gone: true } }
    const active = readActive(found)
    return { state: active === wanted ? 'holds' : 'not-yet', reading: { active, id, login: loginOf(found) } }
  }

  /** A missing right to read the settings says nothing about the person: then it is left to a person. */
  async function following(present: ReadonlySet<string>) {
    try {
      return { follows: await follows(present), warnings: [] }
    } catch (error) {
      if (!isK1Error(error) || error.kind !== 'forbidden') throw error
      const warning = 'This account may not read whether BMS follows KaseyaOne, so a person has to do it.'
      return { follows: undefined, warnings: [warning] }
    }
  }

  return {
    find: async word => (await findEmployees(word)).map(toAccount),

    async account(id) {
      const found = await employee(id)
      return found === undefined ? null : toAccount(found)
    },

    async goals({ id, login, active }, { waitMs, present }) {
      const { follows, warnings } = await following(present)
      const lookAtIt = () => look(id, false)
      const waiting = { clock, waitMs, ...(signal ? { signal } : {}) }
      const goal: AccountGoal = {
        kind: 'sign-in-blocked',
        reach: follows ? 'api' : 'by-hand',
        summary: 'Sign-in is blocked',
        effect: 'reversible',
        repeatable: true,
        after: [],
        differences: active ? [{ what: 'Employee', before: 'active', after: 'inactive' }] : [],
        warnings,
        ...(follows
          ? { follows, bring: () => waitFor(lookAtIt, waiting) }
          : { byHand: accountStepsTo('inactive').map(step => step.replaceAll('{person}', login)) }),
        look: lookAtIt,
        undo: before => activeAgain(id, login, before, () => look(id, true)),
      }
      return [goal].map(fromOld)
    },

    async *list() {
      for (const one of await client.searchEmployees('')) yield toAccount(one)
    },

    count: () => client.countEmployees(),
  }
}

/** BMS has no call for it, so it is done by hand, and read back. */
function activeAgain(id: string, login: string, before: unknown, look: () => Promise<Standing>): AccountGoal {
  const was = typeof before === 'object' && before !== null && 'active' in before && before.active === true
  return {
    kind: 'sign-in-blocked',
    reach: 'by-hand',
    summary: was ? 'Sign-in is allowed again' : 'Sign-in stays as it was',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: was ? [{ what: 'Employee', before: 'inactive', after: 'active' }] : [],
    warnings: [],
    byHand: accountStepsTo('active').map(step => step.replaceAll('{person}', login)),
    look: was ? look : async () => ({ state: 'holds', reading: { id, active: false } }),
  }
}

function toAccount(employee: Employee): Account {
  return { ...toUser(employee), login: loginOf(employee), roles: [] }
}

function loginOf({ id, username, emailAddress }: Employee): string {
  return username || emailAddress || String(id)
}

/** @throws K1Error `contract`: the proof hangs on it */
function readActive(employee: Employee): boolean {
  if (typeof employee.isActive === 'boolean') return employee.isActive
  throw new K1Error('contract', `BMS does not say whether ${loginOf(employee)} is active.`, {
    hint: 'k1ctl and this BMS do not agree. Nothing was concluded from the answer; report this line.',
    facts: { method: 'GET', path: '/v2/hr/employees/searchselect', field: 'IsActive' },
  })
}
