import { rightsIn } from '../../core/needed-right.ts'
import type { FeatureAbout, SystemAbout } from '../../core/system.ts'
import { moduleRights, rightsNote } from '../../http/module-admin/needed-rights.ts'
import { moduleAdminFields } from '../../http/module-admin/setting-fields.ts'

// Source: "KaseyaOne integration with Datto Partner Portal",
//   businessmanagement.datto.com/help/Content/kb/partner-portal/admin/kaseyaone.htm
// Prerequisites there: Security Admin in the portal, Master (now: Admin) in KaseyaOne, and accounts on both sides with
// the same e-mail address or username. Access Groups are not on that page.

const rights =
  'Security Admin in Datto Partner Portal, and Admin (formerly Master) in KaseyaOne, with the same e-mail address or username on both sides'
const place = [
  'Log in to Datto Partner Portal as a Security Admin.',
  'Open Admin > Security Settings and go to the Single Sign-on (SSO) section, the one with the KaseyaOne logo.',
]
const save = 'Click Save, reload the page, and check that it is {state}.'

const features: readonly FeatureAbout[] = [
  {
    feature: 'log-in',
    title: 'Enable Log In with KaseyaOne',
    supported: true,
    read: 'contract',
    write: 'contract',
    steps: [
      ...place,
      'Turn {state} Enable Log In with KaseyaOne.',
      'If the KaseyaOne page opens: enter username and company name, then the password, then the 2FA code or approve the push.',
      'Go back to Security Settings and check that Log In with KaseyaOne is {state}.',
    ],
    rights,
  },
  {
    feature: 'require-log-in',
    title: 'Require Log In with KaseyaOne',
    supported: true,
    read: 'contract',
    write: 'contract',
    steps: [
      ...place,
      'Turn {state} Require Log In with KaseyaOne.',
      'When turning it on, choose under User Exceptions who may still log in with portal credentials. By default nobody is excepted.',
      save,
    ],
    rights,
    note: 'Security Admins, Primary users, and people whose one e-mail address serves several resellers or MSPs are always exempt. Exceptions can only be edited while it is on.',
  },
  {
    feature: 'user-creation',
    title: 'Automatic User Creation',
    supported: true,
    read: 'contract',
    write: 'contract',
    steps: [
      ...place,
      'Turn {state} Automatic User Creation.',
      'When turning it on, choose the role under "Select default role for JIT implementation". Choose a low one.',
      save,
    ],
    rights,
    note: 'Needs a default role. Existing people are never changed.',
  },
  {
    feature: 'deprovisioning',
    title: 'Automatic User Deactivation',
    supported: true,
    read: 'contract',
    write: 'contract',
    steps: [...place, 'Turn {state} Automatic User Deactivation.', save],
    rights,
    note: 'People deactivated or deleted in KaseyaOne are deactivated or deleted here.',
  },
  {
    feature: 'access-groups',
    title: 'Access Groups',
    supported: false,
    read: 'by-hand',
    write: 'by-hand',
    steps: [],
    rights,
    note: "not in Datto Partner Portal's help pages",
  },
]

/** The portal publishes no API for these settings: reached over an endpoint that the operator configures, or by hand. */
export const dattoPartnerPortalAbout: SystemAbout = {
  id: 'datto-partner-portal',
  title: 'Datto Partner Portal',
  aliases: ['dpp', 'partner-portal', 'datto'],
  reach: 'contract',
  settings: moduleAdminFields({ id: 'datto-partner-portal', title: 'Datto Partner Portal' }),
  features,
  isModule: true,
  jitDefaults: [{ key: 'role' }],
  exceptionsNeedRequire: true,
  ...rightsIn(moduleRights('Security Admin in Datto Partner Portal')),
  rightsNote,
  people: 'Over SCIM 2.0 at the configured endpoint; Datto Partner Portal publishes no API for people.',
  searchedBy: 'user name or e-mail, over SCIM',
  step: 'applications',
  accountGoals: [
    { kind: 'admin-roles-dropped', how: 'not-here', note: 'A deactivated account has no use for its role.' },
    {
      kind: 'sign-in-blocked',
      how: 'reached',
      note: 'Follows KaseyaOne where Automatic User Deactivation is on; otherwise the account itself is deactivated.',
    },
    { kind: 'sessions-ended', how: 'not-here' },
    { kind: 'credentials-revoked', how: 'not-here' },
    { kind: 'groups-left', how: 'not-here', note: 'Groups are kept in KaseyaOne.' },
    { kind: 'access-freed', how: 'not-here' },
    { kind: 'data-handed-over', how: 'not-here' },
    { kind: 'devices-released', how: 'not-here' },
    { kind: 'deleted', how: 'reached', note: 'Only with --delete. The last Security Admin is not touched.' },
  ],
  residual: [
    'A session that is open in Datto Partner Portal may last until it ends by itself.',
    'Somebody whose one e-mail address serves several resellers keeps the accounts of the others.',
  ],
  accountSteps: [
    'Log in to Datto Partner Portal as a Security Admin.',
    'Open the administration of users under Admin and find {person}.',
    'If {person} is a Security Admin, make sure that another one is active.',
    'Deactivate the user, reload the page, and check that the user is no longer active.',
  ],
  contract: true,
}
