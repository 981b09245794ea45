import { asK1Error } from '../core/errors.ts'
import type { ConfigStore, ProtectedAccount, ProtectedPerson, TenantRecord } from '../core/stores.ts'
import { inLanes } from '../engine/lanes.ts'
import { sight } from '../offboarding/beside.ts'
import { foldWord } from '../offboarding/guard.ts'
import type { Reachable } from '../offboarding/unit.ts'

/** An account of somebody, as a person would recognise it. */
export interface SeenAccount extends ProtectedAccount {
  title: string
  name: string
}

export interface WhoIs {
  accounts: SeenAccount[]
  /** Systems that were asked, whatever they said. */
  asked: number
  /** Systems that did not answer, each a sentence. */
  silent: string[]
}

/** Systems that are asked at once. */
const atOnce = 8

/** Everybody who goes by a word, in all these systems. Several in one system are all of them. */
export async function whoIs(word: string, reachables: readonly Reachable[]): Promise<WhoIs> {
  const open = reachables.filter(r => r.open)
  const answers = await inLanes(
    open,
    ({ tenant, id }) => `${tenant}/${id}`,
    atOnce,
    async reachable => {
      const { tenant, id: system, title } = reachable
      try {
        const { accounts = [] } = (await sight(reachable, [word])) ?? {}
        // A system that cannot look tells nothing of whether there is somebody.
        return accounts
          .filter(a => !a.assumed)
          .map(({ id, login, email, name }): SeenAccount => {
            const words = [...new Set([email, login].map(one => one.trim()).filter(one => one !== ''))]
            return { tenant, system, id, words, title, name }
          })
      } catch (error) {
        return `${title} of ${tenant} does not answer: ${asK1Error(error).message}`
      }
    },
  )
  return {
    accounts: answers.flatMap(answer => (typeof answer === 'string' ? [] : answer)),
    asked: open.length,
    silent: answers.filter(answer => typeof answer === 'string'),
  }
}

/** Tenants in which a word may name somebody: an e-mail in those of its domain; of what is nobody's, in all. */
export function tenantsFor(word: string, tenants: readonly TenantRecord[]): readonly TenantRecord[] {
  const domain = word.includes('@') ? foldWord(word.slice(word.lastIndexOf('@') + 1)) : undefined
  const owners = tenants.filter(t => domain !== undefined && t.domains.includes(domain))
  return owners.length > 0 ? owners : tenants
}

/**
 * Whom nothing may touch, read from the disk each time: somebody may be protected while a run goes on. Who was found
 * nowhere when they were protected is looked for once a run, because there may be more systems by now.
 */
export function readProtected(
  config: ConfigStore,
  reachables: (tenant: string) => Promise<readonly Reachable[]>,
): (tenant: string) => Promise<readonly ProtectedPerson[]> {
  const known = new Map<string, Promise<WhoIs>>()
  const find = (tenant: string, person: string): Promise<WhoIs> => {
    const key = `${tenant}\n${foldWord(person)}`
    const answer = known.get(key) ?? reachables(tenant).then(all => whoIs(person, all))
    known.set(key, answer)
    return answer
  }
  return async tenant => {
    await config.refresh()
    const isHere = (person: string) => tenantsFor(person, config.tenants()).some(t => t.name === tenant)
    return Promise.all(
      config.protectedFor(tenant).map(async one => {
        if ((one.accounts ?? []).length > 0 || !isHere(one.person)) return one
        const { accounts } = await find(tenant, one.person)
        if (accounts.length === 0) return one
        return { ...one, words: [...(one.words ?? []), ...accounts.flatMap(a => a.words)], accounts }
      }),
    )
  }
}
