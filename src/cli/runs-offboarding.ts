import { K1Error } from '../core/errors.ts'
import { noteAttestation as attestRun } from '../engine/run.ts'
import type { RunState } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import { isPersonRecord } from '../offboarding/ledger-entries.ts'
import type { OffboardEvent } from '../offboarding/offboard.ts'
import { reportOf } from '../offboarding/resume.ts'
import { offboardHeaderOf, resumeOffboarding, tenantsOfRun } from '../offboarding/run.ts'
import type { PersonReport } from '../offboarding/unit.ts'
import { attestedByIntent } from '../posture/attested-rules.ts'
import { isPostureSpec } from '../posture/posture-spec.ts'
import { personGoalsText } from '../render/person-report.ts'
import type { Context } from './command.ts'
import { groundFor, offboardDeps, titlesFor, told } from './offboard-run.ts'
import { OffboardView } from './offboard-view.ts'
import { permit } from './permit.ts'
import { withSessions } from './sessions.ts'
import { noteOutcome } from './ticket-note.ts'

/** Finishes a run over people: those that were begun, then those that it never came to. */
export async function resumeOffboardingRun(context: Context, state: RunState): Promise<number> {
  const { app, words } = context
  const header = offboardHeaderOf(state.run, state.header)
  const config = await app.config()
  const tenants = tenantsOfRun(header, name => config.tenant(name))
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const ground = await groundFor(context, sessions, tenants, header.options)
    const view = new OffboardView(context, state.run, await titlesFor(context), 0)
    const call = {
      ground: { ...ground, asking: (system: string) => view.asking(system) },
      list: await app.peopleList(),
      resend: words.flag('resend'),
      onFinished: (report: PersonReport) => view.show({ type: 'report', report }),
    }
    const deps = { ...(await offboardDeps(context)), onEvent: (event: OffboardEvent) => view.show(event) }
    const ended = await resumeOffboarding(state, call, deps).finally(() => view.close())
    return noteOutcome(context, ended.run, told(context, ended, view))
  })
}

/** A run over people, person by person, from its ledger alone. */
export async function offboardingText(context: Context, { units }: RunState): Promise<string> {
  const { output } = context
  const titles = await titlesFor(context)
  const people = units.filter(isPersonRecord).map(record => ({ report: reportOf(record), goals: record.entry.goals }))
  const isProved = (one: (typeof people)[number]) => one.report.verdict === 'proved'
  // Whoever something is still to be done about comes first.
  return [...people.filter(one => !isProved(one)), ...people.filter(isProved)]
    .map(({ report, goals }) => personGoalsText(report, goals, titles, output.data))
    .join('')
}

/** Writes down that somebody did a step that only a person can do. */
export async function attestGoal(context: Context): Promise<number> {
  const { app, words, output } = context
  const goal = words.required(1, 'The goal')
  const note = words.text('note')?.trim()
  if (!note)
    throw new K1Error('usage', 'A note is missing: what did you do?', {
      hint: "--note 'Deactivated in the console at 17:10'",
    })
  const deps = {
    ledger: await app.ledger(),
    operator: app.operator,
    permit: (tenants: readonly string[]) => permit(context, 'operator', tenants),
  }
  const { run } = await attestRun(words.required(0, 'The run'), goal, note, deps)
  await attestPosture(context, run, goal, note)
  if (output.forMachine) output.json({ run, goal, by: app.operator, note })
  output.say(`Written down. Read what can be read: k1ctl runs resume ${run}`)
  return 0
}

/** A feature that was set by hand is attested for `status` and `posture check`, too. */
async function attestPosture({ app }: Context, run: string, goal: string, note: string): Promise<void> {
  const { units } = foldRun(await (await app.ledger()).read(run))
  const kept = units.flatMap(({ entry }) => entry.goals).find(one => one.id === goal)
  if (!kept || !isPostureSpec(kept.spec)) return
  const { tenant, system, spec } = kept
  const store = await app.attestations()
  const part = attestedByIntent(spec.intent)
  const last = (await store.latest()).find(
    one => one.tenant === tenant && one.system === system && one.feature === part.feature,
  )
  // Of another goal on the same feature, which said nothing of this one.
  const rules = { ...(last?.state === part.state ? last.rules : {}), ...part.rules }
  const at = app.clock.now().toISOString()
  await store.add({ tenant, system, ...part, rules, by: app.operator, at, note, file: null, sha256: null, until: null })
}
