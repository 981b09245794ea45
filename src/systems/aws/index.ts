import type { System } from '../../core/system.ts'
import { awsAbout as about } from './about.ts'

/** IAM users of one AWS account, and users of the organization's IAM Identity Center. A tenant may have several. */
export const aws: System = {
  about,
  async open(settings, deps) {
    const { openSession } = await import('./session.ts')
    return openSession(settings, deps)
  },
}
