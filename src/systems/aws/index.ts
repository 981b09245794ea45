import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { awsAbout as about } from './about.ts'

const load = once(() => import('./session.ts'))

/** IAM users of one AWS account, and users of the organization's IAM Identity Center. A tenant may have several. */
export const aws: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
}
