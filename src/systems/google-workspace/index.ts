import type { System } from '../../core/system.ts'
import { googleWorkspaceAbout as about } from './about.ts'

/** Google Workspace and Cloud Identity, over the Admin SDK. */
export const googleWorkspace: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await import('./session.ts')
    return openSession(settings, deps)
  },
}
