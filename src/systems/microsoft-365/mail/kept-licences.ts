import type { Licences } from '../licences.ts'
import { mailPlansOf, type Product } from '../products.ts'

/** Licences that stay for the mailbox. */
export interface KeptLicences {
  /** Ids of products. */
  direct: ReadonlySet<string>
  /** Ids of groups that give one. */
  groups: ReadonlySet<string>
  /** What is kept and paid for, and what it would cost to lose it: sentences. */
  why: string[]
}

interface Candidate {
  direct?: string
  group?: string
  name: string
  rank: number
  archive: boolean
}

/**
 * The one licence with the best mailbox stays, and one for the archive where that one has none. Where nobody can tell
 * which licences those are, all stay.
 * @param need why the mailbox needs one; empty: it needs none
 * @param products undefined: they could not be read
 */
export function keptFor(
  need: readonly string[],
  licences: Licences,
  products: readonly Product[] | undefined,
  hasArchive: boolean,
): KeptLicences {
  const { direct, groups } = licences
  if (need.length === 0 || direct.length + groups.length === 0) return { direct: new Set(), groups: new Set(), why: [] }
  if (products === undefined) {
    return {
      direct: new Set(direct.map(({ skuId }) => skuId)),
      groups: new Set(groups.map(({ id }) => id)),
      why: [`All licences are kept: which of them the mailbox needs could not be read, and ${need.join('; ')}.`],
    }
  }
  const candidates = candidatesIn(licences, products)
  const best = candidates[0]
  if (best === undefined) return { direct: new Set(), groups: new Set(), why: needWithoutAny(need) }
  const archive = hasArchive && !best.archive ? candidates.find(one => one.archive) : undefined
  const kept = archive === undefined ? [best] : [best, archive]
  return {
    direct: new Set(kept.flatMap(one => one.direct ?? [])),
    groups: new Set(kept.flatMap(one => one.group ?? [])),
    why: [
      `The licence ${kept.map(({ name }) => name).join(' and ')} is kept, and paid for, as the mailbox needs it: ${need.join('; ')}.`,
      ...(best.rank < 3 ? ['For that Microsoft asks for Exchange Online Plan 2, which this licence has not.'] : []),
    ],
  }
}

function candidatesIn({ direct, groups }: Licences, products: readonly Product[]): Candidate[] {
  const byId = new Map(products.map(product => [product.id, product]))
  const rated = (skuId: string, disabled: readonly string[]) => {
    const product = byId.get(skuId)
    // A product that is not listed may be anything: it counts as one with the best mailbox.
    return product ? { ...mailPlansOf(product, disabled), name: product.name } : { rank: 3, archive: true, name: skuId }
  }
  const all = [
    ...direct.map(({ skuId, disabledPlans }): Candidate => ({ direct: skuId, ...rated(skuId, disabledPlans) })),
    ...groups.flatMap(({ id, name, skus }) =>
      (skus ?? []).map((skuId): Candidate => ({ group: id, ...rated(skuId, []), name: `of the group "${name}"` })),
    ),
  ]
  return all.filter(({ rank, archive }) => rank > 0 || archive).sort((one, other) => other.rank - one.rank)
}

function needWithoutAny(need: readonly string[]): string[] {
  return [`The mailbox needs a licence and has none with Exchange: ${need.join('; ')}.`]
}
