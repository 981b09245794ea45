import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { jumpcloudAbout as about } from './about.ts'

const load = once(() => import('./session.ts'))

export const jumpcloud: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
}
