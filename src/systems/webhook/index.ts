import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { webhookAbout as about } from './about.ts'

const load = once(() => import('./session.ts'))

/** A receiver of the operator's own, which speaks the contract that k1ctl publishes. A tenant may have several. */
export const webhook: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const { openSession } = await load()
    return openSession(settings, deps)
  },
  async contract() {
    const { webhookContract } = await import('./openapi.ts')
    return webhookContract()
  },
}
