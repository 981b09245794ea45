import type { System } from '../../core/system.ts'
import { about } from './about.ts'

/** Kaseya BMS and Vorex, over the published BMS API 2.0. */
export const bms: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await import('./session.ts')
    return openSession(settings, deps)
  },
}
