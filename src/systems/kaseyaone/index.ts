import type { System } from '../../core/system.ts'
import { kaseyaOneAbout as about } from './about.ts'

/** Everything but the facts in `about` is loaded when it is first needed. */
export const kaseyaOne: System = {
  about,
  page: async () => (await import('./README.md?raw')).default,
  async open(settings, deps) {
    const [{ openModuleAdmin }, { kaseyaOnePeople }] = await Promise.all([
      import('../../http/module-admin/session.ts'),
      import('./people.ts'),
    ])
    return await openModuleAdmin(about, settings, deps, kaseyaOnePeople)
  },
  async contract() {
    const { moduleAdminContract } = await import('../../http/module-admin/openapi.ts')
    return moduleAdminContract(about)
  },
}
