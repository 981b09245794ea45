import { expect } from 'vitest'
import type { Account, AccountGoalOptions } from '../../src/core/account.ts'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import type { K1Error } from '../../src/core/errors.ts'
import type { Fault } from '../../src/sandbox/index.ts'
import { failureOf } from '../http/loopback.ts'
import type { ContractCase } from './contract-cases.ts'
import type { Watch } from './contract-watch.ts'
import { type AnyCall, here, type PeopleStage, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal, TriedPeople as PeopleAccess, Standing } from './tried-goal.ts'

/** When the request of a goal was accepted, ISO, by kind: what a ledger keeps of it. */
export type Accepted = Map<AccountGoalKind, string>

/** One row of the contract on its stage: what a run does there, with everything that it shows noted. */
export function createContractGround(row: ContractCase, stage: PeopleStage, watch: Watch) {
  const { system, tenant, person, successor, settings } = row
  const options: AccountGoalOptions = {
    ...here,
    cancelMeetings: true,
    ...(successor === undefined ? {} : { successor }),
  }
  const open = () => stage.open(system, tenant, settings)

  async function ready(wanted = options): Promise<{ people: PeopleAccess; account: Account; goals: AccountGoal[] }> {
    await row.prepare?.(stage)
    const people = await open()
    const account = watch.see(await theOne(people, person))
    return { people, account, goals: watch.see(await people.goals(account, wanted)) }
  }

  async function look(goal: AccountGoal): Promise<Standing> {
    return watch.see(await goal.look())
  }

  /** Calls of any system since `from`. */
  async function callsSince(from: number): Promise<AnyCall[]> {
    return stage.everyCall(from)
  }

  async function writesSince(from: number): Promise<AnyCall[]> {
    return (await callsSince(from)).filter(({ write }) => write)
  }

  async function bring(goal: AccountGoal, accepted?: Accepted): Promise<void> {
    await goal.bring?.()
    accepted?.set(goal.kind, stage.clock.now().toISOString())
  }

  return {
    options,
    toTheEnd: { ...options, delete: true },
    open,
    ready,
    look,
    bring,
    callCount: stage.callCount,
    callsSince,
    writesSince,

    async looks(goals: readonly AccountGoal[]): Promise<Standing[]> {
      const all: Standing[] = []
      for (const goal of goals) all.push(told(await look(goal)))
      return all
    },

    async failure(act: Promise<unknown>): Promise<K1Error> {
      return watch.see(await failureOf(act))
    },

    /** What came of it, whether it failed or not: one system goes on with a note where another one gives up. */
    async outcome(act: Promise<unknown>): Promise<unknown> {
      return watch.see(await act.catch((error: unknown) => error))
    },

    /** The fault in front of the system while `act` runs. */
    async during<T>(fault: Fault, act: () => Promise<T>): Promise<T> {
      await stage.fault(system, fault)
      try {
        return await act()
      } finally {
        await stage.control(system, 'DELETE', 'faults')
      }
    },

    /** As the engine does, in its order; gives what each showed before. */
    async bringInTurn(goals: readonly AccountGoal[], accepted?: Accepted): Promise<Map<AccountGoalKind, Standing>> {
      const before = new Map<AccountGoalKind, Standing>()
      for (const goal of goals) {
        const standing = await look(goal)
        before.set(goal.kind, standing)
        if (standing.state === 'not-yet') await bring(goal, accepted)
        expect([goal.kind, (await look(goal)).state]).toEqual([goal.kind, 'holds'])
      }
      return before
    },

    /** A minute later, with no more than a ledger has. Everything holds, and nothing is written anywhere. */
    async secondTime(account: Account, wanted: AccountGoalOptions, accepted?: Accepted): Promise<void> {
      await stage.clock.sleep(60_000)
      const from = await stage.callCount()
      const later = { ...wanted, ...(accepted ? { sentAt: Object.fromEntries(accepted) } : {}) }
      const again = watch.see(await (await open()).goals(outOfAFile(account), later))
      for (const goal of again) {
        const { state } = await look(goal)
        expect([goal.kind, state]).toEqual([goal.kind, 'holds'])
      }
      expect(await writesSince(from)).toEqual([])
    },

    /** All that the simulator has when what takes time is through, without times and the counters that the row names. */
    async stateAfter(goal: AccountGoal): Promise<unknown> {
      await stage.clock.sleep(60_000)
      await look(goal)
      return timeless(await stage.control(system, 'GET', 'state'), Object.keys(row.counters ?? {}))
    },
  }
}

/** As another process gets it. */
export function outOfAFile<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

/** State and reading: the sentence about what is waited for tells times, too. */
export function told(standing: Standing): Standing {
  return standing.state === 'not-yet' ? { state: 'not-yet', reading: standing.reading } : standing
}

/** The answer of a server that says no. It would be asked again in two hours, which nobody waits for. */
export function refusal(status: number): Fault {
  return { status, body: {}, headers: status === 429 ? { 'retry-after': '7200' } : {} }
}

/** ISO, the two of LDAP, and milliseconds since 1970. */
function isTime(value: unknown): boolean {
  if (typeof value === 'number') return value > 1.7e12 && value < 2e12
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT|^\d{14}\.0Z$|^13\d{16}$/.test(value)
}

function timeless(value: unknown, counters: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map(one => timeless(one, counters))
  if (isTime(value)) return 'a time'
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !counters.includes(name))
  return Object.fromEntries(members.map(([name, member]) => [name, timeless(member, counters)]))
}
