import { K1Error } from '../core/errors.ts'
import { attest as attestRun } from '../engine/run.ts'
import type { RunState } from '../engine/run-state.ts'
import { isPersonRecord } from '../offboarding/ledger-entries.ts'
import type { OffboardEvent } from '../offboarding/offboard.ts'
import { reportOf } from '../offboarding/resume.ts'
import { offboardHeaderOf, resumeOffboarding as resumeRun, tenantsOfRun } from '../offboarding/run.ts'
import type { PersonReport } from '../offboarding/unit.ts'
import { personGoalsText } from '../render/offboard.ts'
import type { CommandSpec, Context } from './command.ts'
import { groundFor, offboardDeps, titlesFor, told } from './offboard-run.ts'
import { OffboardView } from './offboard-view.ts'
import { withSessions } from './sessions.ts'

/** Finishes a run over people: those that were begun, then those that it never came to. */
export async function resumeOffboarding(context: Context, state: RunState): Promise<number> {
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
    const ended = await resumeRun(state, call, deps).finally(() => view.close())
    return told(context, ended, view)
  })
}

/** A run over people, person by person, from its ledger alone. */
export async function showOffboarding(context: Context, { units }: RunState): Promise<void> {
  const { output } = context
  const titles = await titlesFor(context)
  for (const record of units.filter(isPersonRecord)) {
    output.write(personGoalsText(reportOf(record), record.entry.goals, titles, output.data))
  }
}

export const attest: CommandSpec = {
  name: 'attest',
  args: '<run> <goal>',
  summary: 'say that you did a step that only a person can do',
  details: 'Written into the ledger with your name. It is never shown as proved; what can be read downstream still is.',
  options: [{ flags: '--note <text>', summary: 'what you did, or where it can be seen (required)' }],
  takes: ['output'],
  examples: [
    "k1ctl runs attest last 'Northwind Dental/grace.palmer@northwind-dental.example/kaseyaone/sign-in-blocked' --note 'Deactivated at 17:10'",
  ],
  async run(context) {
    const { app, words, output } = context
    const goal = words.required(1, 'The goal')
    const note = words.text('note')?.trim()
    if (!note)
      throw new K1Error('usage', 'A note is missing: what did you do?', {
        hint: "--note 'Deactivated in the console at 17:10'",
      })
    const deps = { ledger: await app.ledger(), operator: app.operator }
    const { run } = await attestRun(words.required(0, 'The run'), goal, note, deps)
    if (output.forMachine) output.json({ run, goal, by: app.operator, note })
    output.say(`Written down. Read what can be read: k1ctl runs resume ${run}`)
    return 0
  },
}
