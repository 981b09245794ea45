import type { LimitUse, WorkerRow } from '../core/team-work.ts'
import type { Context } from './command.ts'
import { lineNow } from './worker-look.ts'
import { zonedText } from './zoned-time.ts'

/** Later than that somebody should look, in seconds: a worker looks every half a minute. */
const late = 10 * 60

/** Who works, how long the line is, and what is left of the limits. Exit 3 where something is due and nobody does it. */
export async function workerStatus({ app, output }: Context): Promise<number> {
  const team = await app.teamWork()
  const [line, workers, limits] = await Promise.all([
    lineNow(app),
    team?.roll.list() ?? ([] as WorkerRow[]),
    team?.limits() ?? ([] as LimitUse[]),
  ])
  const isLate = (line.oldestSeconds ?? 0) > late
  const isIdle = team !== undefined && line.due > 0 && !workers.some(one => one.alive)
  const code = isLate || isIdle ? 3 : 0
  if (output.forMachine) {
    output.json({ store: team === undefined ? 'files' : 'postgresql', ...line, workers, limits })
    return code
  }
  const { bold, green, red, dim } = output.data
  output.write(`${bold('due')}      ${dueText(line.due, line.oldest)}\n`)
  if (line.next) output.write(`next     ${zonedText({ at: line.next.due, zone: line.next.zone })}\n`)
  if (team === undefined)
    output.write('workers  files: nobody keeps a list; k1ctl worker install looks every 5 minutes\n')
  else if (workers.length === 0) output.write('workers  none\n')
  for (const { id, alive, doing, since, operator, version } of workers) {
    const state = alive ? green('alive') : red('not heard of')
    output.write(
      `worker   ${id}  ${state}  ${doing ?? 'idle'}  ${dim(`${operator}, k1ctl ${version}, since ${since}`)}\n`,
    )
  }
  for (const { name, requests, perMs, taken } of limits) {
    output.write(`limit    ${taken} of ${requests} in ${perMs / 1000} s  ${name}\n`)
  }
  if (code !== 0) {
    output.warn(`${output.talk.yellow('warning:')} Something is due, and nobody does it.`)
    output.warn(`  ${output.talk.cyan('→')} k1ctl worker, or k1ctl worker --once`)
  }
  return code
}

function dueText(due: number, oldest: string | null): string {
  return oldest === null ? 'nothing' : `${due}, the oldest since ${oldest}`
}
