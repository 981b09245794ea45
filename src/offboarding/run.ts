import { K1Error } from '../core/errors.ts'
import type { Refusal } from '../core/goal.ts'
import { quoted } from '../core/shell.ts'
import type { PeopleList, PeopleRow, TenantRecord } from '../core/stores.ts'
import type { SignedText } from '../core/team.ts'
import { type Ended, type RunDeps, resumeRun, startRun } from '../engine/run.ts'
import type { RunState } from '../engine/run-record.ts'
import type { Verdict } from '../engine/verdict.ts'
import { type Agreed, agreedTo, readAgreed, shownBy } from './agreed.ts'
import type { KeptPerson } from './kept-person.ts'
import { isOffboarding, type OffboardHeader } from './ledger-entries.ts'
import { Headcount, refuseTooMany } from './limits.ts'
import { type Leaver, leaversOf, type OffboardingGround, offboardingJob, type Row } from './offboard.ts'
import type { Limits } from './options.ts'
import { finishedPeople, leftOf } from './resume.ts'
import type { PersonPlan, PersonReport } from './unit.ts'

export type OffboardDeps = RunDeps<Leaver, PersonPlan, PersonReport>

export interface OffboardCall {
  /** As it was typed. */
  command: string
  ground: OffboardingGround
  people: AsyncIterable<PeopleRow>
  /** Keeps the people of a run beside its ledger. */
  list: PeopleList
  /** How it was agreed to. */
  consent: 'flag' | 'terminal'
  /** Where nobody has confirmed the number yet. */
  limits?: Limits
  /** What was shown of each person; absent where it was agreed to whatever is found. */
  shown?: readonly KeptPerson[]
  /** What those for whom a worker acts signed. */
  mandate?: readonly SignedText[]
  /** Told before anything is looked at what will take long because of a system's own limits. */
  onSlow?: (slow: Refusal) => void
  /** Told the run, and how many people it has, before anything is looked at; waited for. */
  onStart?: (run: string, people: number) => void | Promise<void>
}

/**
 * Offboards: the people are written down first, then worked on as they come, so that a million of them fit into memory
 * and a run that was killed can go on.
 * @throws K1Error `refused` beyond a limit, before the first change
 */
export function startOffboarding(call: OffboardCall, deps: OffboardDeps): Promise<Ended> {
  const { ground, list, limits, shown } = call
  const header: Pick<OffboardHeader, 'kind' | 'command' | 'options' | 'tenants'> = {
    kind: 'offboarding',
    command: call.command,
    options: ground.options,
    tenants: ground.tenants.map(t => t.name),
  }
  return startRun(
    header,
    header.tenants,
    async run => {
      const people = await list.writePeople(run, counted(call))
      await call.onStart?.(run, people.count)
      const agreed = agreedTo({
        options: ground.options,
        people,
        ...(limits ? { limits } : {}),
        ...(shown ? { shown: [...shown] } : {}),
      })
      const rows = toRows(list.readPeopleList(run, people))
      return {
        consent: { how: call.consent, agreed, mandate: call.mandate ?? [] },
        units: leaversOf(rows, ground.tenants),
      }
    },
    offboardingJob(ground, shown && shownBy(shown)),
    deps,
  )
}

export interface ResumeCall {
  ground: OffboardingGround
  list: PeopleList
  resend: boolean
  /** Told of everybody who was through before. */
  onFinished(report: PersonReport): void
}

/** Finishes a run over people: those that were begun, then those that it never came to. */
export function resumeOffboarding(
  { run, consent }: Pick<RunState, 'run' | 'consent'>,
  call: ResumeCall,
  deps: OffboardDeps,
): Promise<Ended> {
  const { ground, list, resend } = call
  const agreed = readAgreed(run, consent?.data)
  return resumeRun(
    run,
    async state => {
      if (agreed) await refuseOtherPeople(agreed, run, list, ground)
      const finished = finishedPeople(state)
      const verdicts = new Map<Verdict, number>()
      for (const report of finished) {
        verdicts.set(report.verdict, (verdicts.get(report.verdict) ?? 0) + 1)
        call.onFinished(report)
      }
      const rows = toRows(list.readPeopleList(run, agreed?.people))
      return { units: leftOf({ state, rows, tenants: ground.tenants, resend }), finished: verdicts }
    },
    offboardingJob(ground, agreed?.shown && shownBy(agreed.shown)),
    deps,
  )
}

/** Before anything is looked at: the list is the one that was agreed to, and no more of it are ours than were then. */
async function refuseOtherPeople(
  { people, limits }: Agreed,
  run: string,
  list: PeopleList,
  ground: OffboardingGround,
): Promise<void> {
  const headcount = new Headcount(ground.tenants)
  for await (const row of list.readPeopleList(run, people)) headcount.add(toRow(row))
  const refusal = limits && refuseTooMany(headcount.people, limits)
  if (!refusal) return
  throw new K1Error('refused', `${refusal.why} Nothing was changed.`, {
    hint: 'More of them belong to these tenants than when it was agreed to. Give a new command for those that are left.',
  })
}

/** The tenants that a run was about, as they are now. @throws K1Error `no-tenant` */
export function tenantsOfRun(header: OffboardHeader, find: (name: string) => TenantRecord | undefined): TenantRecord[] {
  return header.tenants.map(name => {
    const tenant = find(name)
    if (tenant) return tenant
    throw new K1Error('no-tenant', `The run is about ${name}, and there is no such tenant any more.`, {
      hint: `k1ctl tenant add ${quoted(name)} --domain customer.example, and connect it again`,
    })
  })
}

/** @throws K1Error `usage` when it is another kind of run */
export function offboardHeaderOf(run: string, header: object): OffboardHeader {
  if ('kind' in header && isOffboarding(header as OffboardHeader)) return header as OffboardHeader
  throw new K1Error('usage', `Run ${run} offboarded nobody.`, { hint: 'k1ctl runs list' })
}

export function toRow(row: PeopleRow): Row {
  return 'problem' in row ? { line: row.line, person: '', problem: row.problem } : row
}

export async function* toRows(rows: AsyncIterable<PeopleRow>): AsyncGenerator<Row> {
  for await (const row of rows) yield toRow(row)
}

/** Passes rows on, and fails after the last one when they were too many: the list is not kept then, nothing is changed. */
async function* counted({ limits, ground, people, onSlow }: OffboardCall): AsyncGenerator<PeopleRow> {
  const headcount = new Headcount(ground.tenants)
  for await (const row of people) {
    headcount.add(toRow(row))
    yield row
  }
  for (const slow of onSlow ? await headcount.slowness(ground) : []) onSlow?.(slow)
  const refusal = limits && (await headcount.refusal(ground, limits))
  if (refusal) {
    throw new K1Error('refused', `${refusal.why} Nothing was changed.`, refusal.hint ? { hint: refusal.hint } : {})
  }
}
