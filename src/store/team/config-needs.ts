import type { Need } from '../../core/team.ts'
import { canonicalJson } from '../ledger-chain.ts'

interface Kept {
  tenants?: { name: string }[]
  connections?: { tenant: string }[]
  protected?: { tenant?: string }[]
}

/** Who may make one configuration of the other: owners of what is changed in tenants and connections, operators whom they protect. */
export function needsOf(before: string | undefined, after: string): Need[] {
  const [old, now]: Kept[] = [before === undefined ? {} : JSON.parse(before), JSON.parse(after)]
  if (!old || !now) return []
  const known = new Set(old.tenants?.map(({ name }) => name.toLowerCase()))
  const tenants = changed(old.tenants, now.tenants).map(({ name }) => name)
  const connected = changed(old.connections, now.connections).map(({ tenant }) => tenant)
  const guarded = changed(old.protected, now.protected).map(({ tenant }) => tenant)
  const owned = [...new Set([...tenants, ...connected])]
  return [
    // One that is new is of nobody yet: who owns them all may add it.
    ...(owned.length > 0
      ? [{ role: 'owner' as const, tenants: owned.every(name => known.has(name.toLowerCase())) ? owned : [] }]
      : []),
    ...(guarded.length > 0
      ? [
          {
            role: 'operator' as const,
            tenants: guarded.flatMap(name => name ?? []).length === guarded.length ? unique(guarded) : [],
          },
        ]
      : []),
  ]
}

/** What is in one of the two and not in the other. */
function changed<T>(before: readonly T[] = [], after: readonly T[] = []): T[] {
  const [old, now] = [new Set(before.map(canonicalJson)), new Set(after.map(canonicalJson))]
  return [...before.filter(one => !now.has(canonicalJson(one))), ...after.filter(one => !old.has(canonicalJson(one)))]
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter(name => name !== undefined))]
}
