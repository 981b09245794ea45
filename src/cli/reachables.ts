import { type System, titleOf } from '../core/system.ts'
import { includes, type OffboardOptions } from '../offboarding/options.ts'
import type { Reachable } from '../offboarding/unit.ts'
import type { Context } from './command.ts'
import type { Sessions } from './sessions.ts'

/** The systems of a tenant that an offboarding looks at, found once for each tenant. */
export function reachablesOf(
  { app }: Context,
  sessions: Sessions,
  options: Pick<OffboardOptions, 'only' | 'except'>,
  /** The others, which nothing is done in: for them nobody is asked to sign in. */
  left: 'in' | 'out' = 'in',
): (tenant: string) => Promise<readonly Reachable[]> {
  const known = new Map<string, Promise<Reachable[]>>()
  const find = async (tenant: string): Promise<Reachable[]> => {
    const { all } = await app.systems()
    const config = await app.config()
    const named = config.connections(tenant).map(c => c.system)
    const places = all.filter(s => s.about.step !== undefined).flatMap(system => placesOf(system, named))
    return Promise.all(
      places
        .filter(place => includes(options, place.id) === (left === 'in'))
        .map(async ({ system, id, title }) => {
          const { open } = await sessions.module(tenant, system, id, { asks: left === 'in' })
          return { tenant, id, title, about: system.about, ...(open ? { open } : {}) }
        }),
    )
  }
  return tenant => {
    const answer = known.get(tenant) ?? find(tenant)
    known.set(tenant, answer)
    return answer
  }
}

/** Of a kind with names, the ones that are connected; of any other, the one, connected or not. */
function placesOf(system: System, connected: readonly string[]): { system: System; id: string; title: string }[] {
  const { id, title, named } = system.about
  if (!named) return [{ system, id, title }]
  const keys = connected.filter(key => key === id || key.startsWith(`${id}:`))
  if (keys.length === 0 && named === 'optional') return [{ system, id, title }]
  return keys.map(key => ({ system, id: key, title: titleOf(key, title) }))
}
