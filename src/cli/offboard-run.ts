import { K1Error } from '../core/errors.ts'
import type { Refusal } from '../core/goal.ts'
import type { PeopleRow, TenantRecord } from '../core/stores.ts'
import { kindOf, titleOf } from '../core/system.ts'
import type { SignedText } from '../core/team.ts'
import type { Ended } from '../engine/run.ts'
import { exitCodeOfVerdict } from '../engine/verdict.ts'
import { requireApproval } from '../offboarding/approval.ts'
import { type Beside, lookBeside } from '../offboarding/beside.ts'
import type { KeptPerson } from '../offboarding/kept-person.ts'
import type { OffboardingGround } from '../offboarding/offboard.ts'
import type { Limits, OffboardOptions } from '../offboarding/options.ts'
import { type OffboardDeps, startOffboarding } from '../offboarding/run.ts'
import { verdictText } from '../render/report.ts'
import type { Context } from './command.ts'
import { limitsOf } from './offboard-options.ts'
import { OffboardView } from './offboard-view.ts'
import type { ListedRow } from './people-columns.ts'
import { peopleSource, readPeople } from './people-input.ts'
import { permit } from './permit.ts'
import { readProtected } from './protection.ts'
import { reachablesOf } from './reachables.ts'
import type { Sessions } from './sessions.ts'
import { noteOutcome } from './ticket-note.ts'
import { wholeNumber } from './words.ts'

/** @throws K1Error `not-set-up` when nothing is connected where anybody could be looked for */
export async function groundFor(
  context: Context,
  sessions: Sessions,
  tenants: readonly TenantRecord[],
  options: OffboardOptions,
): Promise<OffboardingGround> {
  const config = await context.app.config()
  const reachables = reachablesOf(context, sessions, options)
  const open = await Promise.all(tenants.map(async t => (await reachables(t.name)).some(r => r.open)))
  if (!open.includes(true)) {
    const [only] = tenants
    const where = only && tenants.length === 1 ? only.name : `any of the ${tenants.length} tenants`
    const chosen = options.only.length + options.except.length > 0 ? ' that --only and --except let in' : ''
    throw new K1Error('not-set-up', `No system${chosen} is connected for ${where}: nobody can be looked for.`, {
      hint: 'See k1ctl connections; connect one with k1ctl connect <system>.',
    })
  }
  const others = reachablesOf(context, sessions, options, 'out')
  const besides = new Map<string, Promise<Beside>>()
  const beside = (tenant: string): Promise<Beside> => {
    const known = besides.get(tenant) ?? others(tenant).then(lookBeside)
    besides.set(tenant, known)
    return known
  }
  const everywhere = async (tenant: string) => [...(await reachables(tenant)), ...(await others(tenant))]
  const protectedFor = readProtected(config, everywhere)
  return { tenants, options, reachables, beside, protectedFor, clock: context.app.clock }
}

/** The people of this call, rows that could not be read among them. */
export function peopleOfCall({ app, words }: Context, named = words.rest(0)): AsyncIterable<ListedRow> {
  const [column, dateColumn] = [words.text('column'), words.text('dateColumn')]
  const source = peopleSource(named, words.text('from'), app.stdin)
  return readPeople(source, {
    signal: app.signal,
    refusesDates: dateColumn === undefined && words.text('at') === undefined && !words.flag('now'),
    ...(column === undefined ? {} : { column }),
    ...(dateColumn === undefined ? {} : { dateColumn }),
  })
}

export interface Agreement {
  /** With `flag` nobody has confirmed the number yet, so the limits are kept then. */
  consent: 'flag' | 'terminal'
  /** What was shown of each person. */
  shown?: readonly KeptPerson[]
  /** Those of this call, unless they were agreed to before. */
  limits?: Limits
  /** As it was typed when it was agreed to; else the line of this call. */
  command?: string
  /** Somebody else has approved it, where that is needed. */
  approved?: boolean
  /** What they signed, for whom a worker acts. */
  mandate?: readonly SignedText[]
  /** Told the run before its first change, and waited for. */
  onRun?: (run: string) => Promise<void>
}

/** How many people at once. @throws K1Error `usage` */
function concurrencyOf({ app, words }: Context): number {
  const bounds = { least: 1, most: 64 }
  const preferred = app.env.K1CTL_CONCURRENCY || undefined
  return (
    words.number('concurrency', bounds) ??
    (preferred === undefined ? 4 : wholeNumber('K1CTL_CONCURRENCY', preferred, bounds))
  )
}

/** Carries out, shows how it goes, and says what comes next. @throws K1Error `refused` beyond a limit */
export async function carryOutAll(
  context: Context,
  ground: OffboardingGround,
  people: AsyncIterable<PeopleRow>,
  { consent, shown, limits, command, approved, mandate, onRun }: Agreement,
): Promise<number> {
  const { app, line } = context
  // How many people it is was looked at before.
  if (!approved) requireApproval(ground, 0)
  const titles = await titlesFor(context)
  const concurrency = concurrencyOf(context)
  const [listed, deps] = await Promise.all([app.peopleList(), offboardDeps(context)])
  let view: OffboardView | undefined
  const started = startOffboarding(
    {
      command: command ?? line,
      ground: { ...ground, asking: system => view?.asking(system) ?? (() => undefined) },
      people,
      list: listed,
      consent,
      ...(consent === 'flag' ? { limits: limits ?? limitsOf(context) } : {}),
      ...(shown ? { shown } : {}),
      ...(mandate ? { mandate } : {}),
      onSlow: slow => warnOf(context, slow),
      async onStart(run, count) {
        view = new OffboardView(context, run, titles, count)
        await onRun?.(run)
      },
    },
    { ...deps, concurrency, onEvent: event => view?.show(event) },
  )
  const ended = await started.finally(() => view?.close())
  return noteOutcome(context, ended.run, told(context, ended, view))
}

export function warnOf({ output }: Context, { why, hint }: Refusal): void {
  output.warn(`${output.talk.yellow('warning:')} ${why}`)
  if (hint) output.warn(`  ${output.talk.cyan('→')} ${hint}`)
}

export async function offboardDeps(context: Context): Promise<OffboardDeps> {
  const { app } = context
  return {
    ledger: await app.ledger(),
    locks: await app.locks(),
    clock: app.clock,
    operator: app.operator,
    permit: tenants => permit(context, 'operator', tenants),
    concurrency: 4,
    signal: app.signal,
  }
}

/** Says how it went and what comes next, and answers the exit code. */
export function told({ app, output }: Context, { run, verdict }: Ended, view: OffboardView | undefined): number {
  const { aborted } = app.signal
  view?.end(verdict)
  if (!output.forMachine) {
    const { talk } = output
    output.say(`${verdictText(verdict, talk)}${talk.dim(` · run ${run}`)}`)
    for (const next of view?.next(verdict, aborted) ?? []) output.say(`${talk.cyan('→')} ${next}`)
  }
  return aborted ? 130 : exitCodeOfVerdict(verdict)
}

export async function titlesFor({ app }: Context): Promise<(system: string) => string> {
  const { all } = await app.systems()
  const titles = new Map(all.map(s => [s.about.id, s.about.title]))
  return id => titleOf(id, titles.get(kindOf(id)) ?? id)
}
