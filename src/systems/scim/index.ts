import type { System } from '../../core/system.ts'
import { scimAbout as about } from './about.ts'

/** Any service that speaks SCIM 2.0 (RFC 7643, 7644). A tenant may have several. */
export const scim: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await import('./session.ts')
    return openSession(settings, deps)
  },
}
