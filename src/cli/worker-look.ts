import { asK1Error } from '../core/errors.ts'
import { type Dated, latenessOf, nextStep, readDated } from '../dated/dated.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'
import { holdEntry, readEntries } from './dated-entry.ts'
import { doOne } from './dated-run.ts'
import type { WorkerLog } from './worker-log.ts'

/** One look at all that has a date. Answers the worst exit code; undefined when nothing was due. */
export async function look(app: App, log: WorkerLog): Promise<number | undefined> {
  let code: number | undefined
  for (const id of await dueIds(app)) {
    if (app.signal.aborted) break
    const one = await doDue(log.about(id), id)
    if (one !== undefined) code = Math.max(code ?? 0, one)
  }
  return code
}

/** Does what is due with one; undefined where nothing is. One that cannot be done keeps no other from being done. */
export async function doDue(context: Context, id: string): Promise<number | undefined> {
  const { app, output } = context
  try {
    const dated = readDated(id, await (await app.diary()).read(id))
    if (nextStep(dated, app.clock.now()) === 'nothing') return undefined
    // Looked at again under the lock: somebody may have moved it a moment ago.
    return await holdEntry(app, id, entry => doOne(context, entry))
  } catch (thrown) {
    const error = asK1Error(thrown)
    output.warn(`${output.talk.red('error:')} ${id}: ${error.message}`)
    if (error.hint) output.warn(`  ${output.talk.cyan('→')} ${error.hint}`)
    return error.kind === 'cancelled' ? 130 : 3
  }
}

/** What there is to do, the longest due first; what cannot be read is tried, so that somebody is told. */
export async function dueIds(app: App): Promise<string[]> {
  const now = app.clock.now()
  const due = (await readEntries(app)).filter(({ dated }) => dated === undefined || nextStep(dated, now) !== 'nothing')
  return due.sort((a, b) => (a.dated?.due ?? '').localeCompare(b.dated?.due ?? '')).map(({ id }) => id)
}

export interface Line {
  /** How many are due, and what the oldest is late by, in seconds. */
  due: number
  oldestSeconds: number | null
  /** ISO time. */
  oldest: string | null
  next: Pick<Dated, 'due' | 'zone'> | null
}

/** How long the line of what is due is, and what comes next. */
export async function lineNow(app: App): Promise<Line> {
  const now = app.clock.now()
  const all = (await readEntries(app)).flatMap(({ dated }) => dated ?? []).sort((a, b) => a.due.localeCompare(b.due))
  const due = all.filter(dated => nextStep(dated, now) !== 'nothing')
  const next = all.find(dated => dated.state === 'waiting' && latenessOf(dated, now) < 0)
  const [oldest] = due
  return {
    due: due.length,
    oldestSeconds: oldest ? Math.floor(latenessOf(oldest, now) / 1000) : null,
    oldest: oldest?.due ?? null,
    next: next ? { due: next.due, zone: next.zone } : null,
  }
}
