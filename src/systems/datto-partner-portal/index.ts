import { once } from '../../core/once.ts'
import type { System } from '../../core/system.ts'
import { dattoPartnerPortalAbout as about } from './about.ts'

const load = once(() => Promise.all([import('../../http/module-admin/session.ts'), import('./people.ts')]))

/** Everything but the facts in `about` is loaded when it is first needed. */
export const dattoPartnerPortal: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const [{ openModuleAdmin }, { dattoPartnerPortalPeople }] = await load()
    return await openModuleAdmin(about, settings, deps, dattoPartnerPortalPeople)
  },
  async contract() {
    const { moduleAdminContract } = await import('../../http/module-admin/openapi.ts')
    return moduleAdminContract(about)
  },
}
