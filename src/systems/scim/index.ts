import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { scimAbout as about } from './about.ts'

const load = once(() => import('./session.ts'))

/** Any service that speaks SCIM 2.0 (RFC 7643, 7644). A tenant may have several. */
export const scim: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
}
