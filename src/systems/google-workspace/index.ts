import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { googleWorkspaceAbout as about } from './about.ts'

const load = once(() => import('./session.ts'))

/** Google Workspace and Cloud Identity, over the Admin SDK. */
export const googleWorkspace: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
}
