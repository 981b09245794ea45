import { K1Error } from '../core/errors.ts'
import { partOf } from '../core/parts.ts'
import type { CommandSpec, Context } from './command.ts'
import { installWorker } from './worker-install.ts'
import { openWorkerLog } from './worker-log.ts'
import { lineNow, look } from './worker-look.ts'
import { zonedText } from './zoned-time.ts'

export const workerCommand: CommandSpec = {
  name: 'worker',
  args: '[action]',
  summary: 'do what is due: offboardings that have a date',
  details:
    'Stays, and looks every half a minute, until it is ended; with --once it looks once, for cron. What was begun and ' +
    'cut off is gone on with; a run that waits, for a device say, is looked at every hour for a month. A system that does not answer is tried again at the next look. ' +
    'k1ctl worker install writes a systemd timer for this user, or prints a line for cron. ' +
    "On a team's PostgreSQL any number of workers share the work, over DBOS Transact: npm install -g @dbos-inc/dbos-sdk@5.3. " +
    'k1ctl worker status tells who works, what is due, and what is left of the limits.',
  options: [
    { flags: '--once', summary: 'look once, and end' },
    { flags: '--every <seconds>', summary: 'how often it looks for what is due (default 30)' },
    { flags: '--log <how>', summary: 'how it tells what it does', choices: ['text', 'json'] },
    { flags: '--cron', summary: 'with install: print the line for crontab' },
    { flags: '--minutes <n>', summary: 'with install: how often it looks (default 5)' },
  ],
  takes: ['network', 'output'],
  examples: ['k1ctl worker --once', 'k1ctl worker status', 'k1ctl worker install --cron'],
  async run(context) {
    const { app, words } = context
    const action = words.arg(0)
    if (action === 'install') return installWorker(context)
    if (action === 'status') return (await import('./worker-status.ts')).workerStatus(context)
    if (action !== undefined) {
      throw new K1Error('usage', `There is no k1ctl worker ${action}.`, {
        hint: 'k1ctl worker --once, k1ctl worker status, or k1ctl worker install',
      })
    }
    await requireOwnKey(context)
    const log = openWorkerLog(context)
    if (words.flag('once')) {
      const code = await look(app, log)
      if (code === undefined) log.tell('info', await nothingDue(context))
      return code ?? 0
    }
    const everyMs = (words.number('every', { least: 1, most: 3600, of: 'seconds' }) ?? 30) * 1000
    const team = await app.teamWork()
    if (team) return (await import('./worker-serve.ts')).serve(context, team, log, everyMs)
    while (!app.signal.aborted) {
      await look(app, log)
      await app.clock.sleep(everyMs, app.signal).catch(() => {})
    }
    return 0
  },
}

/** Where a team has keys, a machine without one can do nothing of what is due. @throws K1Error `not-set-up` */
async function requireOwnKey({ app }: Context): Promise<void> {
  const { error } = await partOf((await app.team())?.require('viewer', []) ?? Promise.resolve())
  if (error?.kind === 'not-set-up') throw error
}

async function nothingDue({ app }: Context): Promise<string> {
  const { next } = await lineNow(app)
  return next ? `Nothing is due. Next: ${zonedText({ at: next.due, zone: next.zone })}.` : 'Nothing is due.'
}
