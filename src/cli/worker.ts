import { asK1Error, K1Error } from '../core/errors.ts'
import { datedIn, nextStep, readDated } from '../offboarding/dated.ts'
import type { CommandSpec, Context } from './command.ts'
import { holdEntry } from './dated-entry.ts'
import { doOne } from './dated-run.ts'
import { installWorker } from './worker-install.ts'
import { zonedText } from './zoned-time.ts'

/** How often a worker that stays looks, in milliseconds. */
const every = 30_000

export const workerCommand: CommandSpec = {
  name: 'worker',
  args: '[action]',
  summary: 'do what is due: offboardings that have a date',
  details:
    'Stays, and looks every half a minute, until it is ended; with --once it looks once, for cron. What was begun and ' +
    'cut off is gone on with; a run that waits, for a device say, is looked at every hour for a month. A system that does not answer is tried again at the next look. ' +
    'k1ctl worker install writes a systemd timer for this user, or prints a line for cron.',
  options: [
    { flags: '--once', summary: 'look once, and end' },
    { flags: '--cron', summary: 'with install: print the line for crontab' },
    { flags: '--minutes <n>', summary: 'with install: how often it looks (default 5)' },
  ],
  takes: ['network'],
  examples: ['k1ctl worker --once', 'k1ctl worker install --cron'],
  async run(context) {
    const { app, words, output } = context
    const action = words.arg(0)
    if (action === 'install') return installWorker(context)
    if (action !== undefined) {
      throw new K1Error('usage', `There is no k1ctl worker ${action}.`, {
        hint: 'k1ctl worker --once, or k1ctl worker install',
      })
    }
    let code = await look(context)
    if (words.flag('once')) {
      if (code === undefined) output.say(await nothingDue(context))
      return code ?? 0
    }
    while (!app.signal.aborted) {
      await app.clock.sleep(every, app.signal).catch(() => {})
      if (!app.signal.aborted) code = (await look(context)) ?? code
    }
    return 0
  },
}

/** One look at all that has a date. Answers the worst exit code; undefined when nothing was due. */
async function look(context: Context): Promise<number | undefined> {
  const { app, output } = context
  const diary = await app.diary()
  let code: number | undefined
  for (const id of await inOrder(context)) {
    if (app.signal.aborted) break
    try {
      const dated = readDated(id, await diary.read(id))
      if (nextStep(dated, app.clock.now()) === 'nothing') continue
      // Looked at again under the lock: somebody may have moved it a moment ago.
      const one = await holdEntry(app, id, entry => doOne(context, entry))
      code = Math.max(code ?? 0, one)
    } catch (thrown) {
      // One that cannot be done keeps no other from being done.
      const error = asK1Error(thrown)
      output.warn(`${output.talk.red('error:')} ${id}: ${error.message}`)
      if (error.hint) output.warn(`  ${output.talk.cyan('→')} ${error.hint}`)
      code = Math.max(code ?? 0, error.kind === 'cancelled' ? 130 : 3)
    }
  }
  return code
}

/** Ids, the longest due first. */
async function inOrder({ app }: Context): Promise<string[]> {
  const diary = await app.diary()
  const all = await Promise.all(
    (await diary.list()).map(async id => ({ id, due: datedIn(id, await diary.read(id))?.due ?? '' })),
  )
  return all.sort((a, b) => a.due.localeCompare(b.due)).map(({ id }) => id)
}

async function nothingDue({ app }: Context): Promise<string> {
  const diary = await app.diary()
  const all = await Promise.all((await diary.list()).map(async id => datedIn(id, await diary.read(id))))
  const [next] = all.filter(d => d?.state === 'waiting').sort((a, b) => (a?.due ?? '').localeCompare(b?.due ?? ''))
  return next ? `Nothing is due. Next: ${zonedText({ at: next.due, zone: next.zone })}.` : 'Nothing is due.'
}
