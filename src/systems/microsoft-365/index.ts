import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { microsoft365About as about } from './about.ts'

const load = once(() => import('./session.ts'))

/** Microsoft 365 and Entra ID, one customer tenant a connection. */
export const microsoft365: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
}
