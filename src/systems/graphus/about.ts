import { rightsIn } from '../../core/needed-right.ts'
import type { FeatureAbout, SystemAbout } from '../../core/system.ts'
import { moduleRights, rightsNote } from '../../http/module-admin/needed-rights.ts'
import { moduleAdminFields } from '../../http/module-admin/setting-fields.ts'

// Sources, all on help.graphus.kaseya.com (and the same articles on helpdesk.kaseya.com):
//   "Enabling KaseyaOne Unified Login for Graphus" (13819961906833): who may turn it on, the redirect to the log-in page
//   "Setting up Automatic User Access with KaseyaOne for Graphus" (20346510227985): default access role, prerequisites
//   "Set up Automatic User Deprovisioning with KaseyaOne" (23154564218641): the Central User Management section
//   "Adding users to Graphus" (28739083553809): the roles Admin and Analyst
// None of them mentions Require Log In or a mapping of access groups to roles.

const place = 'On the top menu, open MSP Administration, then KaseyaOne in the navigation menu.'
const rights =
  'Partner administrator in Graphus, and Admin (formerly Master) in KaseyaOne, with the same e-mail address on both sides'

const features: readonly FeatureAbout[] = [
  {
    feature: 'log-in',
    title: 'Enable Log In with KaseyaOne',
    supported: true,
    read: 'contract',
    write: 'contract',
    steps: [
      'Log in to Graphus as a partner administrator.',
      place,
      'In the Unified Login section, turn {state} the toggle Enable Log In with KaseyaOne.',
      'If the KaseyaOne page opens: enter username and company name, then the password, then the 2FA code or approve the push.',
      'Wait for the success banner on the Admin Settings page, and check that the toggle is {state}.',
    ],
    rights,
    note: 'While it is on, everybody in the KaseyaOne organization whose e-mail address matches may log in to Graphus with KaseyaOne.',
  },
  {
    feature: 'require-log-in',
    title: 'Require Log In with KaseyaOne',
    supported: false,
    read: 'by-hand',
    write: 'by-hand',
    steps: [],
    rights,
    note: "not in Graphus's help pages",
  },
  {
    feature: 'user-creation',
    title: 'Automatic User Access',
    supported: true,
    read: 'contract',
    write: 'contract',
    steps: [
      'Log in to Graphus as a partner administrator.',
      place,
      'On the Admin Settings page, check that Enable Log In with KaseyaOne is on and shows an active KaseyaOne account.',
      'Turn {state} the toggle Automatic User Access.',
      'When turning it on, select the default access role for new users, Analyst or Admin, and save.',
    ],
    rights,
    note: 'Needs a default access role, Admin or Analyst. People created this way are listed on the KaseyaOne Users tab of User Management, and must log in with KaseyaOne.',
  },
  {
    feature: 'deprovisioning',
    title: 'Enable Automatic User Deprovisioning',
    supported: true,
    read: 'contract',
    write: 'contract',
    steps: [
      'Log in to Graphus as a partner administrator.',
      place,
      'In the Unified Login section, check that Enable Log In with KaseyaOne is on.',
      'In the Central User Management section, turn {state} the toggle Enable Automatic User Deprovisioning.',
    ],
    rights,
    note: 'Somebody deleted in KaseyaOne is deleted in Graphus, or only disabled where deleting is not possible: the last admin is only ever disabled. Losing access through a KaseyaOne group disables. Best used together with Automatic User Access, which enables people again.',
  },
  {
    feature: 'access-groups',
    title: 'Access Groups',
    supported: false,
    read: 'by-hand',
    write: 'by-hand',
    steps: [],
    rights,
    note: "not in Graphus's help pages",
  },
]

/** Graphus publishes no API for its settings: it is reached over an endpoint that the operator configures, or by hand. */
export const graphusAbout: SystemAbout = {
  id: 'graphus',
  title: 'Graphus',
  aliases: [],
  reach: 'contract',
  settings: moduleAdminFields({ id: 'graphus', title: 'Graphus' }),
  features,
  isModule: true,
  jitDefaults: [{ key: 'role' }],
  ...rightsIn(moduleRights('Admin in Graphus (partner administrator)')),
  rightsNote,
  people: 'Over SCIM 2.0 at the configured endpoint; Graphus publishes no API for people.',
  searchedBy: 'user name or e-mail, over SCIM',
  step: 'applications',
  accountGoals: [
    { kind: 'admin-roles-dropped', how: 'not-here', note: 'A disabled account has no use for its role.' },
    {
      kind: 'sign-in-blocked',
      how: 'reached',
      note: 'Follows KaseyaOne where automatic deprovisioning is on; otherwise the account itself is disabled.',
    },
    { kind: 'sessions-ended', how: 'not-here' },
    { kind: 'credentials-revoked', how: 'not-here' },
    { kind: 'groups-left', how: 'not-here', note: 'Groups are kept in KaseyaOne.' },
    { kind: 'access-freed', how: 'not-here' },
    { kind: 'data-handed-over', how: 'not-here' },
    { kind: 'devices-released', how: 'not-here' },
    { kind: 'deleted', how: 'reached', note: 'Only with --delete. The last Admin is only ever disabled.' },
  ],
  residual: ['A session that is open in Graphus may last until it ends by itself.'],
  accountSteps: [
    'Log in to Graphus as a partner administrator.',
    'Open User Management, look on the tab KaseyaOne Users as well, and find {person}.',
    'Disable the user. The last Admin can be disabled, not deleted.',
    'Reload the page and check that the user is disabled.',
  ],
  contract: true,
}
