import type { System } from '../../core/system.ts'
import { jumpcloudAbout as about } from './about.ts'

export const jumpcloud: System = {
  about,
  async open(settings, deps) {
    const { openSession } = await import('./session.ts')
    return openSession(settings, deps)
  },
}
