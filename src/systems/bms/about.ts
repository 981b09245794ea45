import { rightsIn } from '../../core/needed-right.ts'
import { webAddress } from '../../core/setting-checks.ts'
import type { FeatureAbout, SystemAbout } from '../../core/system.ts'
import { neededRights } from './needed-rights.ts'

const admin = 'A BMS administrator; in the console, one who is also an Admin in KaseyaOne.'
const openPage = [
  'Sign in to BMS as an administrator.',
  'Open Admin > My Company > Auth & Provision > KaseyaOne Settings.',
]

/** What a person does to an employee. Where the menu keeps that page is not in the sources, so it is searched for. */
export function accountStepsTo(state: 'active' | 'inactive'): string[] {
  return [
    'Sign in to BMS as an administrator.',
    'Open the page of employees (search the menu for "Employees") and find {person}.',
    `Make the employee ${state} and save.`,
    `Reload the page and check that the employee is ${state}.`,
  ]
}

function feature(about: Pick<FeatureAbout, 'feature' | 'title' | 'steps'> & Partial<FeatureAbout>): FeatureAbout {
  return {
    supported: true,
    read: 'api',
    write: 'api',
    rights: admin,
    ...about,
    steps: [...openPage, ...about.steps],
  }
}

/** Kaseya's published limit. Whom somebody is, is one list for many; what they are is looked at before and after. */
export const pace = { requests: 1500, perMs: 3_600_000, each: 2 } as const

/**
 * What is known about BMS (and Vorex, which is the same software under another host) without credentials. Source:
 * Kaseya's help pages and its published contract of BMS API 2.0.
 */
export const about: SystemAbout = {
  id: 'bms',
  title: 'BMS',
  aliases: ['vorex', 'kaseya-bms'],
  reach: 'api',
  isModule: true,
  contract: false,
  defaultsWithEveryWrite: true,
  jitDefaults: [
    { key: 'department' },
    { key: 'location' },
    { key: 'manager' },
    { key: 'job-title' },
    { key: 'employment-type', isNumber: true },
    { key: 'security-role' },
    { key: 'employee-role' },
  ],
  ...rightsIn(neededRights),
  rightsNote:
    'Kaseya publishes no right a call. The doctor asks BMS whether the account is an administrator, and reads the settings; the rest shows when it is used.',
  people: 'Read only: can prove that an employee is inactive, cannot make one inactive.',
  searchedBy: 'e-mail or user name',
  step: 'applications',
  pace,
  accountGoals: [
    { kind: 'admin-roles-dropped', how: 'not-here', note: 'The API does not show which roles an employee has.' },
    {
      kind: 'sign-in-blocked',
      how: 'by-hand',
      note: 'Follows KaseyaOne where automatic deprovisioning is on; otherwise a person does it. Either way it is read back.',
    },
    { kind: 'sessions-ended', how: 'not-here' },
    { kind: 'credentials-revoked', how: 'not-here' },
    { kind: 'groups-left', how: 'not-here', note: 'KaseyaOne groups are left in KaseyaOne.' },
    { kind: 'access-freed', how: 'not-here' },
    { kind: 'data-handed-over', how: 'not-here' },
    { kind: 'devices-released', how: 'not-here' },
    { kind: 'deleted', how: 'not-here', note: 'The API deletes no employee.' },
  ],
  residual: ['A session that is open in BMS may last until it ends by itself.'],
  accountSteps: accountStepsTo('inactive'),
  settings: [
    {
      key: 'url',
      label: 'API host',
      secret: false,
      required: true,
      example: 'https://api.bms.kaseya.com',
      check: webAddress,
      suggestions: [
        { value: 'https://api.bms.kaseya.com', label: 'BMS, United States' },
        { value: 'https://api.bmsemea.kaseya.com', label: 'BMS, Europe, Middle East and Africa' },
        { value: 'https://api.bmsapac.kaseya.com', label: 'BMS, Asia and Pacific' },
      ],
    },
    {
      key: 'username',
      label: 'User name of the API Employee',
      secret: false,
      required: true,
      example: 'k1ctl-api',
    },
    {
      key: 'company',
      label: 'Company, as at the BMS sign-in',
      secret: false,
      required: true,
      example: 'Northwind',
      customer: true,
    },
    { key: 'password', label: 'Password', secret: true, required: true },
    {
      key: 'mfaCode',
      label: '2FA code, if the account has one (an API Employee has none)',
      secret: true,
      required: false,
      later: true,
    },
  ],
  features: [
    feature({
      feature: 'log-in',
      title: 'Enable Log In with KaseyaOne',
      write: 'by-hand',
      steps: [
        'Turn Enable Log In with KaseyaOne {state}.',
        'When turning it on, log in to KaseyaOne with user name and company name, then the password, then the 2FA token or the push.',
        'Save.',
      ],
      note: 'Enabling it is an interactive log-in to KaseyaOne, which no published API performs. BMS tells whether it is linked.',
    }),
    feature({
      feature: 'require-log-in',
      title: 'Require Log In with KaseyaOne',
      steps: ['Turn Require Log In with KaseyaOne {state}.', 'Choose the user and role exceptions.', 'Save.'],
      note: 'Whether a BMS API account can still sign in once this is on is documented nowhere: except the account that k1ctl uses.',
    }),
    feature({
      feature: 'user-creation',
      title: 'Automatic User Creation',
      steps: [
        'Open Automatic User Creation.',
        'Turn Automatic User Creation {state}.',
        'When turning it on, choose department, location, manager, job title, employment type, security role and employee role.',
        'Save.',
      ],
      note: 'It may add charges to the invoice. People who exist already keep their security roles, but get first and last name from KaseyaOne.',
    }),
    feature({
      feature: 'deprovisioning',
      title: 'Automatic User Deprovisioning',
      steps: ['Turn Automatic User Deprovisioning {state}.', 'Save.'],
      note: 'How long it takes, and whether it acts on people removed earlier, is documented nowhere.',
    }),
    feature({
      feature: 'access-groups',
      title: 'Access Groups',
      steps: ['Turn Access Groups {state}.', 'Map each KaseyaOne group to BMS security roles.', 'Save.'],
    }),
  ],
}
