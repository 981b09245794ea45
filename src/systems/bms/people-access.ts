import { z } from 'zod'
import { goneFor } from '../../core/absence.ts'
import type { Account, AccountGoal, PeopleAccess } from '../../core/account.ts'
import type { Change } from '../../core/change.ts'
import { K1Error } from '../../core/errors.ts'
import type { FeatureAccess } from '../../core/features.ts'
import { partOf } from '../../core/parts.ts'
import { goneReading, seen } from '../../core/reading.ts'
import type { OpenDeps } from '../../core/system.ts'
import { followKaseyaOne } from '../../http/module-admin/follow-kaseyaone.ts'
import { about, accountStepsTo } from './about.ts'
import type { BmsClient } from './client.ts'
import { parseId } from './defaults.ts'
import { gatherLooks } from './gather-looks.ts'
import { createEmployeeFinder } from './people.ts'
import { toUser } from './reading.ts'
import type { Employee } from './schemas.ts'

const hadShape = z.object({ active: z.boolean() })

/** People of BMS: looked at, never written. What KaseyaOne does not bring about, a person does. */
export function createPeopleAccess(
  client: BmsClient,
  features: FeatureAccess,
  { clock }: Pick<OpenDeps, 'clock'>,
): PeopleAccess {
  const follows = followKaseyaOne(about.title, features, clock)

  const findEmployees = createEmployeeFinder(client)
  const lookAt = gatherLooks(ids => client.employees(ids), clock)

  /**
   * Who is not found by number is looked for by name, then among everybody: each time anew, and by their number, for
   * names change.
   */
  async function employee(id: string, word?: string): Promise<Employee | undefined> {
    const number = parseId(id, 'employee')
    const isTheirs = (one: Employee) => one.id === number
    const found = (await lookAt(number)) ?? (word ? (await client.searchEmployees(word)).find(isTheirs) : undefined)
    if (found !== undefined) return found
    const everybody = await client.searchEmployees('')
    const gone = await goneFor(showsNobody(), {
      otherwise: async () => everybody.find(isTheirs) ?? null,
      showsAnybody: async () => everybody.length > 0,
    })
    return gone ?? undefined
  }

  /** Settings that cannot be read say nothing about the person: then it is left to a person. */
  async function following(present: ReadonlySet<string>) {
    const { value, error } = await partOf(follows(present))
    if (error === undefined) return { follows: value, warnings: [] }
    const warning = `Whether BMS follows KaseyaOne could not be read, so a person has to do it: ${error.message}`
    return { follows: undefined, warnings: [warning] }
  }

  return {
    async find(word, _note, told) {
      const found = await findEmployees(word)
      // The finder says of nobody that they are not there before it has read everybody.
      if (found.length === 0) told?.('the list of all employees was read')
      return found.map(toAccount)
    },

    async account(id) {
      const found = await employee(id)
      return found === undefined ? null : toAccount(found)
    },

    async goals(account, { waitMs, present }) {
      const { follows, warnings } = await following(present)
      const { id, login } = account
      const goal: AccountGoal<Inactive> = {
        kind: 'sign-in-blocked',
        reach: follows ? 'api' : 'by-hand',
        summary: 'Sign-in is blocked',
        effect: 'reversible',
        repeatable: true,
        after: [],
        needs: ['employee'],
        async read(moment) {
          const found = await moment.read('employee', () => employee(id, account.email || login))
          return found === undefined ? goneReading : seen({ active: readActive(found), id, login: loginOf(found) })
        },
        holds: ({ active }) => !active,
        changes: ({ active }) => (active ? [employeeChange('active', 'inactive')] : []),
        warnings: () => warnings,
        // BMS has no call for it: another system brings it about, or a person.
        take: async () => [],
        ...(follows ? { follows, settlesWithin: waitMs } : { byHand: stepsTo('inactive', login) }),
        back: {
          shape: hadShape,
          what: `whether ${login} could sign in`,
          place: about.title,
          summary: had => (had.active ? 'Sign-in is allowed again' : 'Sign-in stays as it was'),
          isBack: (had, now) => !had.active || now.active,
          changes: () => [employeeChange('inactive', 'active')],
          give: async () => [],
          byHand: stepsTo('active', login),
        },
      }
      return [goal]
    },

    async *list() {
      for (const one of await client.searchEmployees('')) {
        const account = toAccount(one)
        yield typeof one.isActive === 'boolean' ? account : { ...account, activeUnseen: true }
      }
    },

    count: () => client.countEmployees(),
  }
}

interface Inactive {
  active: boolean
  id: string
  login: string
}

function employeeChange(before: string, after: string): Change {
  return { id: 'employee', what: 'Employee', before, after }
}

function stepsTo(state: 'active' | 'inactive', login: string): string[] {
  return accountStepsTo(state).map(step => step.replaceAll('{person}', login))
}

function toAccount(employee: Employee): Account {
  return { ...toUser(employee), login: loginOf(employee), roles: [] }
}

function loginOf({ id, username, emailAddress }: Employee): string {
  return username || emailAddress || String(id)
}

/** An empty list is what an account that may see nobody gets, too. */
function showsNobody(): K1Error {
  return new K1Error('contract', 'BMS shows no employee at all, so nobody knows who is still there.', {
    hint: 'Look whether the account that k1ctl signs in with may see employees: k1ctl doctor',
    facts: { method: 'GET', path: '/v2/hr/employees/searchselect' },
  })
}

/** @throws K1Error `contract`: the proof hangs on it */
function readActive(employee: Employee): boolean {
  if (typeof employee.isActive === 'boolean') return employee.isActive
  throw new K1Error('contract', `BMS does not say whether ${loginOf(employee)} is active.`, {
    hint: 'k1ctl and this BMS do not agree. Nothing was concluded from the answer; report this line.',
    facts: { method: 'GET', path: '/v2/hr/employees/searchselect', field: 'IsActive' },
  })
}
