import type { FeatureAbout, SystemAbout } from '../../core/system.ts'
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
  exceptionsNeedRequire: true,
  people: 'Looked up over SCIM 2.0 at the configured endpoint; Datto Partner Portal publishes no API for people.',
  contract: true,
}
