import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import type { LedgerWriter } from '../../src/core/ledger-store.ts'
import { execute } from '../../src/engine/execute.ts'
import type { Unreached } from '../../src/engine/plan.ts'
import { createTurns } from '../../src/engine/turns.ts'
import type { GoalResult } from '../../src/engine/verdict.ts'
import { planPerson } from '../../src/offboarding/plan-person.ts'
import type { PeopleStage } from './people-stage.ts'
import { harmToOthers, stillOpen, type Truth, untold } from './simulated-truth.ts'

/** How an offboarding of one person went in one system, and how the simulator's own state is after it. */
export interface QuirkRun {
  system: string
  accounts: number
  unreached: readonly Unreached[]
  refusal?: string
  results: GoalResult[]
  truth: Truth
  /** What others lost. */
  harm: string[]
  /** By id of the goal: requests that were to change something while it was brought about, whatever was answered. */
  sent: ReadonlyMap<string, number>
  /** Nobody could read whether this is the last administrator: then the block is held, and told with what sends it. */
  held: boolean
}

export interface Leaver {
  person: string
  /** Number of the tenant, from 1; absent: the first that has the system. */
  tenant?: number
  successor?: string
  /** Of the connection, besides what the sandbox says. */
  settings?: Record<string, string>
}

/** Plans and executes as `offboard` does, with the ledger in memory. The clock of the stage makes waiting free. */
export async function runUnderQuirks(
  systems: readonly string[],
  { person, tenant, successor, settings }: Leaver,
  stage: PeopleStage,
  { toTheEnd = false } = {},
): Promise<QuirkRun[]> {
  const { clock } = stage
  const was = await states(systems, stage)
  const plan = await planPerson({
    unit: { person, tenant: 'T' },
    reachables: systems.map(system => stage.reachable(system, tenant, settings)),
    options: {
      ...{ delete: toTheEnd, successor: successor ?? null, reason: null, ticket: null, only: [], except: [] },
      ...{ devices: 'release', waitMs: 60_000, restAnyway: true, cancelMeetings: true },
    },
    protectedPeople: async () => [],
    clock,
  })
  const ledger = inMemory(stage)
  const goals = plan.refusal ? [] : plan.planned.map(({ goal }) => goal)
  const unmet = plan.unmet ? { unmet: plan.unmet } : {}
  const results = await execute(goals, { ledger, clock, concurrency: 4, turns: createTurns(), ...unmet })
  const now = await states(systems, stage)
  return systems.map(system => ({
    system,
    accounts: plan.accounts.filter(one => one.system === system).length,
    unreached: plan.unreached.filter(one => one.system === system),
    ...(plan.refusal ? { refusal: plan.refusal.why } : {}),
    results: results.filter(one => one.system === system),
    truth: stillOpen(system, now[system], was[system], person),
    harm: harmToOthers(now[system], was[system], person),
    sent: ledger.sent,
    held: results.some(
      one => one.system === system && one.end === 'refused' && one.hint?.includes('--block-anyway') === true,
    ),
  }))
}

/** What a run says that is not so, or leaves unsaid: sentences; none is right. */
export function untruths(run: QuirkRun): string[] {
  const { system, accounts, unreached, refusal, results, truth, harm, sent, held } = run
  if (accounts === 0) {
    return unreached.some(({ error }) => error.message !== '') ? [] : ['Nobody was found, and it was not said why.']
  }
  const said = results.flatMap(({ goal, kind, end, proved, why, steps }): string[] => {
    if (kind === undefined) return ['A goal without a kind.']
    if (proved) return notSo(system, kind, truth).map(what => `${kind}: ${end}, proved; but there is ${what}`)
    if (!why && (steps ?? []).length === 0) return [`${kind}: ${end}, and no reason`]
    const isAccepted = end === 'changed' || /\baccepted\b/.test(why ?? '')
    return isAccepted && !sent.get(goal) ? [`${kind}: ${end}, ${why}; but nothing was sent`] : []
  })
  const named = results.map(({ proved, why = '' }) => (proved ? '' : why)).join(' ')
  const hidden = harm.length > 0 && !/other|lost|member/i.test(named) ? harm : []
  const block = results.find(({ kind }) => kind === 'sign-in-blocked')
  const isOut = truth['sign-in-blocked']?.length === 0 || !('sign-in-blocked' in truth)
  const isSent = isOut || blocksIn(run) > 0 || held || block?.end === 'by-hand'
  return [
    ...said,
    ...hidden,
    ...(refusal === undefined ? [] : [`Refused: ${refusal}`]),
    ...(block === undefined || !isSent ? [`The sign-in block was not sent: ${block?.end} ${block?.why}`] : []),
  ]
}

/** Requests of the sign-in block. */
function blocksIn({ results, sent }: QuirkRun): number {
  return sent.get(results.find(({ kind }) => kind === 'sign-in-blocked')?.goal ?? '') ?? 0
}

function notSo(system: string, kind: AccountGoalKind, truth: Truth): readonly string[] {
  return untold[system]?.[kind] === undefined ? (truth[kind] ?? []) : []
}

async function states(systems: readonly string[], stage: PeopleStage): Promise<Record<string, unknown>> {
  const read = async (system: string) => [system, await stage.control(system, 'GET', 'state')] as const
  return Object.fromEntries(await Promise.all(systems.map(read)))
}

/** A ledger that counts what is sent to the system of a goal from the first that is written down of it to the last. */
function inMemory(stage: PeopleStage): LedgerWriter & { sent: ReadonlyMap<string, number> } {
  let seq = 0
  const from = new Map<string, number>()
  const sent = new Map<string, number>()
  return {
    run: 'r',
    sent,
    async append(type, data, goal = '') {
      seq += 1
      const since = from.get(goal)
      if (since === undefined) {
        from.set(goal, await stage.callCount())
      } else {
        const own = (await stage.everyCall(since)).filter(call => goal.includes(`/${call.system}/`) && call.digest)
        sent.set(goal, own.length)
      }
      return { seq, at: '', type, run: 'r', ...(goal ? { goal } : {}), data, prev: '', hash: '' }
    },
    async close() {},
  }
}
