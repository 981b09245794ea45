import { jsonText } from '../core/json.ts'
import { quoted } from '../core/shell.ts'
import type { Verdict } from '../engine/verdict.ts'
import type { OffboardEvent } from '../offboarding/offboard.ts'
import type { PersonReport } from '../offboarding/unit.ts'
import { kindTitles, personPlanJson } from '../render/offboard.ts'
import { personReportText } from '../render/person-report.ts'
import type { Titles } from '../render/plan.ts'
import type { Context } from './command.ts'
import { standLine, type WaitLine } from './spinner.ts'
import { WaitingFor } from './waiting-for.ts'

/** Who a run was about, in its last line: no more than that, so that a long run stays small. */
type PersonLine = Pick<PersonReport, 'person' | 'tenant' | 'name' | 'verdict' | 'why'>

/** Shows a run over people while it goes: a line a person, or an event a line, or one document at the end. */
export class OffboardView {
  readonly #context: Context
  readonly #run: string
  readonly #titles: Titles
  readonly #total: number
  readonly #wait: WaitLine | undefined
  readonly #waiting = new WaitingFor()
  /** What is called once a goal has ended, by the goal. */
  readonly #begun = new Map<string, () => void>()
  /** Goals of everybody who was planned so far, and how many of them have ended. */
  #goals = 0
  #ended = 0
  readonly #people: PersonLine[] = []
  readonly #reports: PersonReport[] = []
  /** Lines of events that are not printed yet. What one write of the ledger lets be said goes in one write, too. */
  #lines = ''
  /** The first step that waits for a person. */
  #byHand: string | undefined
  /** Something that going on with the run may settle. */
  #isOpen = false

  constructor(context: Context, run: string, titles: Titles, total: number) {
    this.#context = context
    this.#run = run
    this.#titles = titles
    this.#total = total
    if (!context.output.forMachine) context.output.say(context.output.talk.dim(`Run ${run}`))
    this.#wait = standLine(context, () => this.#progress())
  }

  /** Told of each system that is asked before anything is changed. */
  asking(system: string): () => void {
    return this.#waiting.begin(this.#titles(system))
  }

  show(event: OffboardEvent): void {
    const { output } = this.#context
    this.#count(event)
    if (event.type === 'report') this.#note(event.report)
    if (output.format === 'ndjson') this.#event(event)
    else if (output.format === 'table' && event.type === 'report') {
      output.write(personReportText(event.report, this.#titles, output.data))
    }
  }

  /** Prints what is left to print, and takes the line of progress away; again is no harm. */
  close(): void {
    this.#flush()
    this.#wait?.end()
  }

  end(verdict: Verdict): void {
    const { output } = this.#context
    this.close()
    const run = this.#run
    if (output.format === 'ndjson') output.json({ type: 'report', run, verdict, people: this.#people })
    if (output.format === 'json') output.json({ run, verdict, people: this.#reports })
  }

  /** What to do next, a command each. */
  next(verdict: Verdict, wasCancelled: boolean): string[] {
    const run = this.#run
    if (verdict === 'proved') return [`k1ctl runs report ${run} --format html --to ${run}.html`]
    const attest = `k1ctl runs attest ${run} ${quoted(this.#byHand ?? '')} --note 'what you did'`
    return [
      ...(this.#byHand === undefined ? [] : [`Done by hand? Say so: ${attest}`]),
      ...(this.#isOpen || wasCancelled ? [`Go on where it stopped: k1ctl runs resume ${run}`] : []),
      `See all of it: k1ctl runs show ${run}`,
    ]
  }

  #note(report: PersonReport): void {
    const { person, tenant, name, verdict, why, results, unreached, busy } = report
    this.#byHand ??= results.find(r => r.end === 'by-hand')?.goal
    this.#isOpen ||=
      busy === true || unreached.length > 0 || results.some(r => r.end !== 'changed' && r.end !== 'already')
    this.#people.push({ person, tenant, name, verdict, ...(why === undefined ? {} : { why }) })
    if (this.#context.output.format === 'json') this.#reports.push(report)
  }

  #count(event: OffboardEvent): void {
    if (event.type === 'plan' && !event.plan.refusal) this.#goals += event.plan.planned.length
    if (event.type === 'intent') {
      const { id, system, kind, summary } = event.goal
      const what = kind === undefined ? summary : kindTitles[kind]
      this.#begun.set(id, this.#waiting.begin(`${this.#titles(system)} (${what})`))
    }
    if (event.type === 'end') {
      this.#ended++
      this.#begun.get(event.goal.id)?.()
      this.#begun.delete(event.goal.id)
    }
  }

  #event(event: OffboardEvent): void {
    const { app } = this.#context
    const run = this.#run
    if (event.type === 'plan') this.#say({ type: 'plan', run, ...personPlanJson(event.plan) })
    if (event.type === 'intent') {
      const { id: goal, tenant, person, system, kind, summary } = event.goal
      this.#say({
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
      this.#say({ type: result.proved ? 'proof' : 'outcome', run, ...result })
    }
  }

  #say(event: object): void {
    if (this.#lines === '') setImmediate(() => this.#flush())
    this.#lines += `${jsonText(event)}\n`
    // A filter that fails at one of several would take the others with it.
    if (this.#context.output.isFiltered) this.#flush()
  }

  #flush(): void {
    if (this.#lines !== '') this.#context.output.machine(this.#lines)
    this.#lines = ''
  }

  /** How far it is, and whom it waits for. */
  #progress(): string {
    const people = this.#total > 1 ? `${this.#people.length} of ${this.#total} people, ` : ''
    const { longest } = this.#waiting
    return `${people}${this.#ended} of ${this.#goals} goals${longest ? ` · waits for ${longest}` : ''}`
  }
}
