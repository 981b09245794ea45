import { resumePlanned } from '../engine/planned-run.ts'
import { type Verified, verifyRun } from '../engine/run.ts'
import { layout } from '../render/layout.ts'
import { unreachedText } from '../render/report.ts'
import { concurrency, finish, plannedDeps } from './change.ts'
import type { Context } from './command.ts'
import { requireResumable } from './resume-gate.ts'
import { trustIn } from './run-trust.ts'
import { runNamed, titlesOf } from './runs-named.ts'
import { resumeOffboardingRun } from './runs-offboarding.ts'
import { withRebuilding } from './runs-rebuild.ts'
import { spinning } from './spinner.ts'
import { noteOutcome } from './ticket-note.ts'

/** Goes on with a run: looks first, and sends only what is not there. */
export async function resumeNamed(context: Context): Promise<number> {
  const { words } = context
  const state = await runNamed(context)
  await requireResumable(context, state)
  if (state.kind === 'offboarding') return resumeOffboardingRun(context, state)
  const titles = await titlesOf(context, state)
  return withRebuilding(context, state, async again => {
    const report = await resumePlanned(state.run, again, words.flag('resend'), await plannedDeps(context, titles))
    return noteOutcome(context, report.run, finish(context, report, titles))
  })
}

/** Reads every goal of a run again; writes nothing. Answers 0 only for a whole run that holds, from a sound ledger. */
export async function verifyNamed(context: Context): Promise<number> {
  const { app, output } = context
  const state = await runNamed(context)
  const titles = await titlesOf(context, state)
  const { isGood, words, signed, signatures } = await trustIn(app, state)
  return withRebuilding(context, state, async ({ rebuild }) => {
    const looks = await spinning(context, 'Reading again', () => verifyRun(state, rebuild, concurrency, app.clock))
    const unreached = state.units.flatMap(unit => unit.entry.unreached)
    // Where nobody looked the first time, and where nothing was begun, nothing can be looked at again.
    const isWhole = unreached.length === 0 && state.verdict !== 'interrupted'
    const holds = looks.every(l => l.state === 'holds') && looks.length > 0 && isWhole && isGood
    if (output.forMachine)
      output.json({ run: state.run, ledger: state.chain, ...(signatures ? { signatures } : {}), holds, goals: looks })
    else {
      const [open, held] = [looks.filter(l => l.state !== 'holds'), looks.filter(l => l.state === 'holds')]
      const lines = [...open, ...held].map(look => {
        const mark = look.state === 'holds' ? output.data.green('=') : output.data.red('x')
        const why = look.why === undefined ? '' : ` · ${look.why}`
        const where = `${look.tenant} · ${titles[look.system] ?? look.system}`
        return layout`  ${mark} ${where}: ${look.summary} · ${look.state}${why}\n`
      })
      const head = layout`${output.data.bold(state.run)}  ${isGood ? words : output.data.red(words)}\n`
      const by = signed === null ? '' : layout`  ${signed}\n`
      await output.show(`${head}${by}${unreachedText(unreached, titles, output.data)}${lines.join('')}`)
      const count = countText(looks)
      if (count !== undefined) output.say(`${count}: they come first.`)
      if (!isWhole) output.say(`${output.talk.cyan('→')} The run is not whole: k1ctl runs resume ${state.run}`)
    }
    return holds ? 0 : 3
  })
}

/** "2 of 8 do not hold, and of 1 nobody can tell"; undefined where all of them hold. */
function countText(looks: readonly Verified[]): string | undefined {
  const open = looks.filter(({ state }) => state === 'not-yet').length
  const unseen = looks.filter(({ state }) => state !== 'not-yet' && state !== 'holds').length
  const isNot = `${open} of ${looks.length} ${open === 1 ? 'does' : 'do'} not hold`
  if (unseen === 0) return open === 0 ? undefined : isNot
  return open === 0 ? `Of ${unseen} of ${looks.length} nobody can tell` : `${isNot}, and of ${unseen} nobody can tell`
}
