import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { activeDirectoryAbout as about } from './about.ts'

const load = once(() => import('./session.ts'))

/** Active Directory over LDAP with TLS: one domain, one domain controller for a session. */
export const activeDirectory: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
}
