import type { FeatureKey } from '../core/features.ts'

/**
 * A module with Unified Login that k1ctl does not reach: nobody published an API for its settings, so all five features
 * are set by hand, in its console.
 */
export interface OtherModule {
  id: string
  title: string
  /** Where its console keeps the settings; absent where no help page says. */
  place?: string
  /**
   * The features that its help pages show, each with a remark or an empty string. A feature that is absent was not seen
   * there, which does not mean that the module lacks it.
   */
  seen: Readonly<Partial<Record<FeatureKey, string>>>
  /** How exceptions from Require Log In work there; absent where not seen. */
  exceptions?: string
  note?: string
}

/** From the modules' own help pages, and Kaseya's page "Integrating modules with KaseyaOne" (help.one.kaseya.com). */
export const otherModules: readonly OtherModule[] = [
  {
    id: 'autotask',
    title: 'Autotask',
    place: 'Admin > Extensions & Integrations > Kaseya Integrations > KaseyaOne',
    seen: { 'log-in': '', 'require-log-in': '', 'user-creation': 'a default for each field', 'access-groups': '' },
    exceptions: 'users, with the URL that excepted people use',
  },
  {
    id: 'datto-rmm',
    title: 'Datto RMM',
    place: 'Setup > Integrations > KaseyaOne',
    seen: { 'log-in': 'called "Turn On"', 'require-log-in': '', 'user-creation': '', 'access-groups': '' },
    note: 'Several people with one e-mail address log in as the alphabetically first username.',
  },
  {
    id: 'it-glue',
    title: 'IT Glue',
    seen: { 'log-in': '', 'require-log-in': 'its own "Enforced SSO"' },
    exceptions: 'override users',
  },
  {
    id: 'vsa-10',
    title: 'VSA 10',
    place: 'Administration > Configuration > Settings > KaseyaOne Log In Settings',
    seen: { 'log-in': '' },
  },
  { id: 'vsa-9', title: 'VSA 9', seen: { 'log-in': '' } },
  { id: 'rocketcyber', title: 'RocketCyber', seen: { 'log-in': '', 'user-creation': '' } },
  {
    id: 'uniview',
    title: 'UniView',
    seen: { 'log-in': '', 'require-log-in': '', 'user-creation': '', 'access-groups': '', deprovisioning: '' },
  },
  {
    id: 'vpentest',
    title: 'vPenTest',
    place: 'Global Settings > KaseyaOne',
    seen: {
      'log-in': '',
      'require-log-in': '',
      'user-creation': 'the role is shown',
      'access-groups': 'losing access through a group is honoured',
      deprovisioning: 'disables where deleting is not possible',
    },
    exceptions: 'users',
  },
  {
    id: 'bullphish-id',
    title: 'BullPhish ID',
    place: 'Settings > KaseyaOne',
    seen: {
      'log-in': '',
      'require-log-in': '',
      'user-creation': 'one default role',
      deprovisioning: 'deactivates, never deletes',
    },
    exceptions: 'users',
    note: 'Its settings also apply to Dark Web ID where a customer has both.',
  },
  {
    id: 'dark-web-id',
    title: 'Dark Web ID',
    seen: { 'log-in': '', 'require-log-in': '', 'user-creation': 'one default role' },
    exceptions: 'called "User Overrides"; they are kept when Require Log In is turned off',
  },
  {
    id: 'myitprocess',
    title: 'myITprocess',
    place: 'My Account > Account Settings > KaseyaOne',
    seen: {
      'log-in': '',
      'user-creation': 'the role follows from that in KaseyaOne',
      'access-groups': 'losing access through a group is honoured',
      deprovisioning: '',
    },
  },
  {
    id: 'datto-edr',
    title: 'Datto EDR',
    place: 'Admin > Settings > KaseyaOne',
    seen: { 'log-in': '', 'require-log-in': '', 'access-groups': '' },
    exceptions: 'users',
  },
  {
    id: 'datto-workplace',
    title: 'Datto Workplace',
    place: 'Settings > Integration Center > KaseyaOne',
    seen: { 'log-in': '', 'require-log-in': '' },
    exceptions: 'users',
  },
  {
    id: 'datto-file-protection',
    title: 'Datto File Protection',
    seen: { 'log-in': '', 'require-log-in': '' },
    exceptions: 'users',
  },
  {
    id: 'saas-alerts',
    title: 'SaaS Alerts',
    place: 'Settings > Users > Single Sign-On',
    seen: { 'log-in': '', 'user-creation': 'without a role' },
  },
  { id: 'kaseya-siem', title: 'Kaseya SIEM', seen: { 'log-in': '', 'user-creation': 'without a role' } },
]
