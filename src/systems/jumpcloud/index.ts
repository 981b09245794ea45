import type { System } from '../../core/system.ts'
import { jumpcloudAbout as about } from './about.ts'

export const jumpcloud: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await import('./session.ts')
    return openSession(settings, deps)
  },
}
