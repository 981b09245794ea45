import { distance } from 'fastest-levenshtein'
import type { System } from '../core/system.ts'
import { activeDirectory } from './active-directory/index.ts'
import { aws } from './aws/index.ts'
import { bms } from './bms/index.ts'
import { dattoPartnerPortal } from './datto-partner-portal/index.ts'
import { googleWorkspace } from './google-workspace/index.ts'
import { graphus } from './graphus/index.ts'
import { jumpcloud } from './jumpcloud/index.ts'
import { kaseyaOne } from './kaseyaone/index.ts'
import { microsoft365 } from './microsoft-365/index.ts'
import { scim } from './scim/index.ts'
import { webhook } from './webhook/index.ts'

/** All systems, in the order that lists show them. */
export const systems: readonly System[] = [
  bms, // the one of Kaseya's with a published API
  graphus,
  dattoPartnerPortal,
  kaseyaOne,
  activeDirectory,
  jumpcloud,
  googleWorkspace,
  microsoft365,
  aws,
  scim,
  webhook,
]

/** The system with this id, alias or title, ignoring case. */
export function findSystem(word: string): System | undefined {
  const wanted = plain(word)
  return systems.find(system => names(system).some(name => plain(name) === wanted))
}

/** Ids of systems that are spelled alike, nearest first, for "did you mean"; none when nothing is near. */
export function nearestSystems(word: string): string[] {
  const wanted = plain(word)
  if (wanted === '') return []
  return systems
    .map(system => {
      const all = names(system).map(plain)
      const startsLike = all.some(name => name.startsWith(wanted) || wanted.startsWith(name))
      return { id: system.about.id, far: startsLike ? 0 : Math.min(...all.map(name => distance(name, wanted))) }
    })
    .filter(({ far }) => far <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.far - b.far)
    .map(({ id }) => id)
}

function names({ about }: System): string[] {
  return [about.id, about.title, ...about.aliases]
}

/** "Datto Partner Portal", "datto_partner_portal" and "datto-partner-portal" are one word. */
function plain(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
}
