import { quoted } from '../core/shell.ts'
import type { Verdict } from '../engine/verdict.ts'
import type { OffboardEvent } from '../offboarding/offboard.ts'
import type { PersonReport } from '../offboarding/unit.ts'
import { personPlanJson } from '../render/offboard.ts'
import { personReportText } from '../render/person-report.ts'
import type { Titles } from '../render/plan.ts'
import type { Context } from './command.ts'

/** Who a run was about, in its last line: no more than that, so that a long run stays small. */
type PersonLine = Pick<PersonReport, 'person' | 'tenant' | 'name' | 'verdict' | 'why'>

/** Shows a run over people while it goes: a line a person, or an event a line, or one document at the end. */
export class OffboardView {
  readonly #context: Context
  readonly #run: string
  readonly #titles: Titles
  readonly #total: number
  readonly #people: PersonLine[] = []
  readonly #reports: PersonReport[] = []
  /** The first step that waits for a person. */
  #byHand: string | undefined
  /** Something that going on with the run may settle. */
  #isOpen = false
  #shownAt = 0

  constructor(context: Context, run: string, titles: Titles, total: number) {
    this.#context = context
    this.#run = run
    this.#titles = titles
    this.#total = total
    if (!context.output.forMachine) context.output.say(context.output.talk.dim(`Run ${run}`))
  }

  show(event: OffboardEvent): void {
    const { output } = this.#context
    if (event.type === 'report') this.#note(event.report)
    if (output.format === 'ndjson') this.#event(event)
    else if (output.format === 'table' && event.type === 'report') {
      output.write(personReportText(event.report, this.#titles, output.data))
    }
  }

  end(verdict: Verdict): void {
    const { output } = this.#context
    this.#clear()
    const run = this.#run
    if (output.format === 'ndjson') output.json({ type: 'report', run, verdict, people: this.#people })
    if (output.format === 'json') output.json({ run, verdict, people: this.#reports })
  }

  /** What to do next, a command each. */
  next(verdict: Verdict, wasCancelled: boolean): string[] {
    const run = this.#run
    if (verdict === 'proved') return [`k1ctl runs report ${run} --format html`]
    const attest = `k1ctl runs attest ${run} ${quoted(this.#byHand ?? '')} --note 'what you did'`
    return [
      ...(this.#byHand === undefined ? [] : [`Done by hand? Say so: ${attest}`]),
      ...(this.#isOpen || wasCancelled ? [`Go on where it stopped: k1ctl runs resume ${run}`] : []),
      `See all of it: k1ctl runs show ${run}`,
    ]
  }

  #note(report: PersonReport): void {
    const { person, tenant, name, verdict, why, results, unreached } = report
    this.#byHand ??= results.find(r => r.end === 'by-hand')?.goal
    this.#isOpen ||= unreached.length > 0 || results.some(r => r.end !== 'changed' && r.end !== 'already')
    this.#people.push({ person, tenant, name, verdict, ...(why === undefined ? {} : { why }) })
    if (this.#context.output.format === 'json') this.#reports.push(report)
    this.#progress()
  }

  #event(event: OffboardEvent): void {
    const { output, app } = this.#context
    const run = this.#run
    if (event.type === 'plan') output.json({ type: 'plan', run, ...personPlanJson(event.plan) })
    if (event.type === 'intent') {
      const { id: goal, tenant, person, system, kind, summary } = event.goal
      output.json({
        type: 'intent',
        run,
        person,
        tenant,
        system,
        goal,
        kind,
        summary,
        at: app.clock.now().toISOString(),
      })
    }
    if (event.type === 'end') {
      const { differences: _, ...result } = event.result
      output.json({ type: result.proved ? 'proof' : 'outcome', run, ...result })
    }
  }

  /** A line on stderr that overwrites itself; only at a terminal, only where there is something to wait for. */
  #progress(): void {
    const { app, output } = this.#context
    if (app.stderr.isTTY !== true || output.quiet || this.#total < 3) return
    const now = app.clock.now().getTime()
    if (now - this.#shownAt < 100 && this.#people.length < this.#total) return
    this.#shownAt = now
    const isThrough = this.#people.length >= this.#total
    app.stderr.overwrite(isThrough ? '' : output.talk.dim(`${this.#people.length} of ${this.#total} people`))
  }

  #clear(): void {
    const { app } = this.#context
    if (app.stderr.isTTY === true && this.#total >= 3) app.stderr.overwrite('')
  }
}
