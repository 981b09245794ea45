import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { about } from './about.ts'

const load = once(() => import('./session.ts'))

/** Kaseya BMS and Vorex, over the published BMS API 2.0. */
export const bms: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
}
