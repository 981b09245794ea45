import type { Account } from '../core/account.ts'
import type { Identity } from '../core/system.ts'
import type { Reachable } from './unit.ts'

/** Who somebody is in a system that an offboarding leaves alone, and who k1ctl is there. */
export interface Sighting {
  system: string
  title: string
  identity: Identity
  accounts: readonly Account[]
}

/** Connected systems that the options leave out: who is protected, or signed in, there is so everywhere. */
export interface Beside {
  /** Whoever goes by one of these words. A system that does not answer is left out, and not asked again. */
  look(words: readonly string[]): Promise<Sighting[]>
}

export function lookBeside(reachables: readonly Reachable[]): Beside {
  const silent = new Set<string>()
  return {
    async look(words) {
      const asked = reachables.filter(r => r.open && !silent.has(r.id))
      const seen = await Promise.all(
        asked.map(async reachable => {
          try {
            return await sight(reachable, words)
          } catch {
            silent.add(reachable.id)
            return undefined
          }
        }),
      )
      return seen.filter(one => one !== undefined)
    },
  }
}

/** Everybody in one system who goes by one of these words. @throws what the system throws */
export async function sight({ id, title, open }: Reachable, words: readonly string[]): Promise<Sighting | undefined> {
  const session = await open?.()
  if (!session) return undefined
  const [identity, found] = await Promise.all([
    session.check(),
    Promise.all(words.map(async word => (await session.people?.find(word)) ?? [])),
  ])
  return { system: id, title, identity, accounts: [...new Map(found.flat().map(a => [a.id, a])).values()] }
}
