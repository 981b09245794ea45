import { isSound } from '../dated/dated.ts'
import type { Context } from './command.ts'
import { putAwayUnread } from './dated-entry.ts'
import { permit } from './permit.ts'

/** Gives up one that is not as k1ctl wrote it; false where it is. Of which tenants it is nobody can tell: it takes an operator of all. */
export async function putAway(context: Context, id: string): Promise<boolean> {
  const { app, output } = context
  if (isSound(id, await (await app.diary()).read(id))) return false
  await permit(context, 'operator', [])
  const put = await putAwayUnread(app, id)
  if (!put) return false
  output.warn(`${output.talk.yellow('warning:')} ${id} is not as k1ctl wrote it. Nothing was done with it.`)
  const run = await runNamedIn(context, put.value)
  if (run !== undefined)
    output.warn(`  ${output.talk.cyan('→')} It names a run, which may be open: k1ctl runs show ${run}`)
  output.say(`${id} is put away, and nothing is ever done with it: ${put.where}`)
  return true
}

/** Of what was edited nothing is believed but what the ledger has. */
async function runNamedIn({ app }: Context, value: unknown): Promise<string | undefined> {
  const run = typeof value === 'object' && value !== null && 'run' in value ? value.run : undefined
  if (typeof run !== 'string' || !/^\d{8}-\d{6}-[0-9a-f]{4}$/.test(run)) return undefined
  return (await (await app.ledger()).has(run)) ? run : undefined
}
