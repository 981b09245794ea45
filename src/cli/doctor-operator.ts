import type { Context } from './command.ts'

interface OperatorCheck {
  what: string
  state: 'ok' | 'warn'
  detail: string
  next: string | null
}

/** Where a team shares a store: who works here. */
export async function checkOperator({ app }: Context): Promise<OperatorCheck[]> {
  const team = await app.team()
  if (!team) return []
  const [me, all] = [await team.me(), await team.operators()]
  const what = 'operator'
  if (me && me.revoked === null)
    return [{ what, state: 'ok', detail: `${me.name}, one of ${all.length} registered`, next: null }]
  const detail =
    all.length === 0 ? 'nobody of the team has a key: nothing is signed' : 'this machine has no key: it changes nothing'
  return [{ what, state: 'warn', detail, next: 'k1ctl operator register' }]
}
