import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import type { LedgerWriter } from '../../src/core/ports.ts'
import { execute } from '../../src/engine/execute.ts'
import type { Unreached } from '../../src/engine/plan.ts'
import { createTurns } from '../../src/engine/turns.ts'
import type { GoalResult } from '../../src/engine/verdict.ts'
import { planPerson } from '../../src/offboarding/plan-person.ts'
import type { ContractCase } from './contract-cases.ts'
import type { PeopleStage } from './people-stage.ts'
import { harmToOthers, stillOpen, type Truth, untold } from './simulated-truth.ts'

/** How an offboarding of one person in one system went, and how the simulator's own state is after it. */
export interface QuirkRun {
  accounts: number
  unreached: readonly Unreached[]
  refusal?: string
  results: GoalResult[]
  truth: Truth
  /** What others lost. */
  harm: string[]
  /** Requests of the sign-in block that were to change something, whatever was answered. */
  blocks: number
}

/** Plans and executes as `offboard` does, with the ledger in memory. The clock of the stage makes waiting free. */
export async function runUnderQuirks(
  { system, tenant, person, successor }: ContractCase,
  stage: PeopleStage,
  toTheEnd = false,
): Promise<QuirkRun> {
  const { clock } = stage
  const was = await stage.control(system, 'GET', 'state')
  const unit = { person, tenant: 'T' }
  const plan = await planPerson({
    unit,
    reachables: [stage.reachable(system, tenant)],
    options: {
      ...{ delete: toTheEnd, successor: successor ?? null, reason: null, ticket: null, only: [], except: [] },
      ...{ devices: 'release', waitMs: 60_000, restAnyway: true },
    },
    protectedPeople: async () => [],
    clock,
  })
  const goals = plan.refusal ? [] : plan.planned.map(({ goal }) => goal)
  const ledger = inMemory(stage)
  const results = await execute(goals, { ledger, clock, concurrency: 1, turns: createTurns() })
  const state = await stage.control(system, 'GET', 'state')
  return {
    accounts: plan.accounts.length,
    unreached: plan.unreached,
    ...(plan.refusal ? { refusal: plan.refusal.why } : {}),
    results,
    truth: stillOpen(system, state, was, person),
    harm: harmToOthers(state, was, person),
    blocks: ledger.blocks(),
  }
}

/** What a run says that is not so, or leaves unsaid: sentences; none is right. */
export function untruths(
  system: string,
  { accounts, unreached, refusal, results, truth, harm, blocks }: QuirkRun,
): string[] {
  if (accounts === 0) {
    return unreached.some(({ error }) => error.message !== '') ? [] : ['Nobody was found, and it was not said why.']
  }
  const said = results.flatMap(({ kind, end, proved, why, steps }): string[] => {
    if (kind === undefined) return ['A goal without a kind.']
    if (proved) return notSo(system, kind, truth).map(what => `${kind}: ${end}, proved; but there is ${what}`)
    return why || (steps ?? []).length > 0 ? [] : [`${kind}: ${end}, and no reason`]
  })
  const named = results.map(({ proved, why = '' }) => (proved ? '' : why)).join(' ')
  const hidden = harm.length > 0 && !/other|lost|member/i.test(named) ? harm : []
  const block = results.find(({ kind }) => kind === 'sign-in-blocked')
  const isOut = truth['sign-in-blocked']?.length === 0 || !('sign-in-blocked' in truth)
  const isSent = isOut || blocks > 0 || block?.end === 'by-hand'
  return [
    ...said,
    ...hidden,
    ...(refusal === undefined ? [] : [`Refused: ${refusal}`]),
    ...(block === undefined || !isSent ? ['The sign-in block was not sent.'] : []),
  ]
}

function notSo(system: string, kind: AccountGoalKind, truth: Truth): readonly string[] {
  return untold[system]?.[kind] === undefined ? (truth[kind] ?? []) : []
}

/** A ledger that counts what is sent between the intent of a block and its end. */
function inMemory(stage: PeopleStage): LedgerWriter & { blocks(): number } {
  let seq = 0
  let from: number | undefined
  let blocks = 0
  return {
    run: 'r',
    blocks: () => blocks,
    async append(type, data, goal) {
      seq += 1
      if (goal?.endsWith('/sign-in-blocked')) {
        const calls = await stage.everyCall()
        if (from !== undefined) blocks += calls.slice(from).filter(({ digest }) => digest !== undefined).length
        from = calls.length
      }
      return { seq, at: '', type, run: 'r', ...(goal ? { goal } : {}), data, prev: '', hash: '' }
    },
    async close() {},
  }
}
