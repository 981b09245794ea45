import type { SystemAbout } from '../../core/system.ts'
import { moduleAdminFields } from '../../http/module-admin/setting-fields.ts'

// Source: help.one.kaseya.com, "Integrating modules with KaseyaOne": each of the five features is set inside the module.
// KaseyaOne's own pages (Admin Settings > User Management, > Groups, > Module Management) have no published API.

/** KaseyaOne itself keeps people, groups and the list of linked modules; the five features live in the modules. */
export const kaseyaOneAbout: SystemAbout = {
  id: 'kaseyaone',
  title: 'KaseyaOne',
  aliases: ['k1', 'kaseya-one'],
  reach: 'contract',
  settings: moduleAdminFields({ id: 'kaseyaone', title: 'KaseyaOne' }),
  features: [],
  isModule: false,
  people: 'People and groups over SCIM 2.0 at the configured endpoint; KaseyaOne publishes no API for them.',
  contract: true,
}
