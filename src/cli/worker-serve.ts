import { setMaxListeners } from 'node:events'
import { asK1Error, isK1Error } from '../core/errors.ts'
import type { SignedOn, TeamWork, WorkQueue, WorkQueueOptions } from '../core/team-work.ts'
import type { Context } from './command.ts'
import { Outage } from './outage.ts'
import type { openWorkerLog, WorkerLog } from './worker-log.ts'
import { doDue, dueIds } from './worker-look.ts'

/** After the signal to end, what is at work has so long for the goal in hand, in milliseconds. */
const endWithin = 60_000

/** What was done is forgotten by the queue after a day; the ledger keeps it. */
const forgetAfter = 24 * 60 * 60_000

/** Takes part in a team's work until it is told to end: puts what is due in line, and does what comes to it. */
export async function serve(
  context: Context,
  work: TeamWork,
  log: ReturnType<typeof openWorkerLog>,
  everyMs: number,
): Promise<number> {
  const { app } = context
  const id = log.worker
  const calls = new AbortController()
  // As many as calls are under way listen to it.
  setMaxListeners(0, calls.signal)
  app.signal.addEventListener('abort', () => setTimeout(() => calls.abort(), endWithin).unref(), { once: true })
  // No new goal begins once the signal came; what has left for a system gets its answer.
  const calling = { ...app, callSignal: calls.signal }
  const outage = new Outage()
  // Before it is on the list: without the part that keeps the queue it is no worker.
  let me: SignedOn | undefined
  const queue = await opened(
    context,
    work,
    log,
    { everyMs, outage },
    {
      worker: id,
      log(level, text) {
        if (level === 'debug' || level === 'info' || outage.isNew(text)) log.tell(level, text)
      },
      async work(dated) {
        // The queue hands out one more in the moment in which it is told to end.
        if (app.signal.aborted) return
        me?.doing(dated)
        const began = performance.now()
        const code = await doDue(log.about(dated, calling), dated)
        const seconds = Math.round((performance.now() - began) / 100) / 10
        if (code !== undefined)
          log.tell(code === 0 ? 'info' : 'warn', `${dated} ended with ${code}`, { dated, code, seconds })
        me?.doing(null)
      },
    },
  )
  if (queue === undefined) return 0
  try {
    me = await work.roll.signOn({ id, operator: app.operator, version: app.version })
    log.tell('info', `Worker ${id} is at work.`, { version: app.version })
    while (!app.signal.aborted) {
      await round(context, work, queue, log, outage)
      await app.clock.sleep(everyMs, app.signal).catch(() => {})
    }
    log.tell('info', `Worker ${id} ends.`)
    return 0
  } finally {
    await queue.close(endWithin)
    await me?.signOff()
  }
}

/** The line, as soon as the database is there: it may start after its workers. Undefined when told to end before that. */
async function opened(
  { app }: Context,
  work: TeamWork,
  log: WorkerLog,
  { everyMs, outage }: { everyMs: number; outage: Outage },
  options: WorkQueueOptions,
): Promise<WorkQueue | undefined> {
  while (!app.signal.aborted) {
    try {
      // A store of a later k1ctl is told as such.
      await work.roll.list()
      return await work.openQueue(options)
    } catch (error) {
      if (!isK1Error(error) || error.kind !== 'unreachable') throw error
      if (outage.isNew(error.message)) log.tell('error', error.message)
      await app.clock.sleep(everyMs, app.signal).catch(() => {})
    }
  }
  return undefined
}

/** What is due goes in line, with what dead workers left. A database that is away is asked again at the next round. */
async function round(
  { app }: Context,
  { roll }: TeamWork,
  queue: WorkQueue,
  log: WorkerLog,
  outage: Outage,
): Promise<void> {
  try {
    const dead = (await roll.list()).filter(one => !one.alive).map(one => one.id)
    if (dead.length > 0) {
      // Off the list only after that: whoever dies in between leaves it for the next one.
      await queue.takeOver(dead)
      for (const one of dead) {
        if (await roll.strike(one))
          log.tell('warn', `Worker ${one} was not heard of any more: its work is done by others.`)
      }
    }
    await queue.wake(await dueIds(app))
    await queue.tidy(new Date(app.clock.now().getTime() - forgetAfter))
    const ended = outage.over()
    if (ended) {
      const more = ended.left === 0 ? '' : ` ${ended.left} more warnings in between are left out.`
      log.tell('info', `The queue and its database answer again.${more}`, { left: ended.left })
    }
  } catch (thrown) {
    const error = asK1Error(thrown)
    const hint = isK1Error(thrown) ? error.hint : undefined
    if (outage.isNew(error.message)) log.tell('error', error.message, hint === undefined ? {} : { hint })
  }
}
