import { rightsIn } from '../../core/needed-right.ts'
import type { SystemAbout } from '../../core/system.ts'
import { moduleRights, rightsNote } from '../../http/module-admin/needed-rights.ts'
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
  ...rightsIn(moduleRights(undefined)),
  rightsNote,
  people: 'People and groups over SCIM 2.0 at the configured endpoint; KaseyaOne publishes no API for them.',
  searchedBy: 'user name or e-mail, over SCIM',
  step: 'directory',
  isEverybodys: true,
  accountGoals: [
    {
      kind: 'admin-roles-dropped',
      how: 'reached',
      note: 'Admin becomes User. The Root Admin can be neither demoted nor deleted.',
    },
    {
      kind: 'sign-in-blocked',
      how: 'reached',
      note: 'Modules with automatic deprovisioning on are expected to follow.',
    },
    { kind: 'sessions-ended', how: 'not-here', note: 'How long an open session lasts is not documented.' },
    { kind: 'credentials-revoked', how: 'not-here' },
    {
      kind: 'groups-left',
      how: 'reached',
      note: 'Modules whose access groups name such a group take the access away.',
    },
    { kind: 'access-freed', how: 'not-here' },
    { kind: 'data-handed-over', how: 'not-here' },
    { kind: 'devices-released', how: 'not-here' },
    {
      kind: 'deleted',
      how: 'reached',
      note: 'Only with --delete. Modules that follow delete the account, too, where they can.',
    },
  ],
  residual: [
    'Modules that do not require Log In with KaseyaOne, or that except this person, can still be entered with their own password.',
    'Modules without automatic deprovisioning keep the account as it is.',
  ],
  accountSteps: [
    'Log in to KaseyaOne as an Admin.',
    'Open Admin Settings > User Management and find {person}.',
    'If the role is Admin, change it to User. The Root Admin can be neither demoted nor deleted.',
    'Deactivate the user, or delete the user if that was decided.',
    'Open Admin Settings > Groups and take {person} out of every group.',
    'Reload User Management and check that the user is no longer active.',
  ],
  contract: true,
}
