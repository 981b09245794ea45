import type { OffboardingStep } from '../core/account-kinds.ts'
import type { SystemAbout } from '../core/system.ts'

/** What is known of a system by its id: `graphus`, or `scim:zoom` for one of several of a kind. */
export interface KnownSystem {
  title: string
  step: OffboardingStep
}

export function placesOf(systems: readonly SystemAbout[]): (id: string) => KnownSystem {
  const known = new Map(systems.map(about => [about.id, about]))
  return id => {
    const [kind = '', ...name] = id.split(':')
    const about = known.get(id) ?? known.get(kind)
    const title = about === undefined ? id : known.has(id) ? about.title : `${name.join(':')} (${about.title})`
    return { title, step: about?.step ?? 'applications' }
  }
}
