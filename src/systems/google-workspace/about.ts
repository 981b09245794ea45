import { like, mailAddress, webAddress } from '../../core/setting-checks.ts'
import type { SystemAbout } from '../../core/system.ts'
import { neededRights, shortScope } from './needed-rights.ts'

const { licences, ...always } = neededRights

/** Google Workspace and Cloud Identity. Facts: Admin SDK (directory, data transfer), Enterprise License Manager API. */
export const googleWorkspaceAbout: SystemAbout = {
  id: 'google-workspace',
  title: 'Google Workspace',
  aliases: ['google', 'gsuite', 'workspace'],
  reach: 'api',
  settings: [
    {
      key: 'auth',
      label: 'How to sign in',
      secret: false,
      required: true,
      defaultValue: 'service-account',
      suggestions: [
        { value: 'service-account', label: 'JSON key of a service account with domain-wide delegation' },
        { value: 'adc', label: 'Application default credentials (gcloud, workload identity)' },
      ],
      closed: true,
    },
    {
      key: 'serviceAccountKey',
      label: 'JSON key of the service account',
      secret: true,
      required: true,
      file: true,
      when: { key: 'auth', is: ['service-account'] },
    },
    {
      key: 'serviceAccount',
      label: 'E-mail of the service account to sign for (not needed when the credentials are its own key)',
      secret: false,
      required: false,
      example: 'k1ctl@project.iam.gserviceaccount.com',
      check: mailAddress,
      when: { key: 'auth', is: ['adc'] },
    },
    {
      key: 'adminEmail',
      label: 'Super administrator to act as',
      secret: false,
      required: true,
      example: 'k1ctl-admin@customer.example',
      check: mailAddress,
    },
    {
      key: 'leaversOrgUnit',
      label: 'Organizational unit that leavers are moved to',
      secret: false,
      required: false,
      example: '/Former employees',
      check: like(/^\//, 'Start it with a slash: /Former employees.'),
    },
    {
      key: 'licenceMode',
      label: "What becomes of a leaver's licence",
      secret: false,
      required: false,
      defaultValue: 'keep',
      suggestions: [
        { value: 'keep', label: 'It stays assigned' },
        { value: 'remove', label: 'It is taken away (held data in Google Vault may be lost)' },
        { value: 'archive', label: 'The account is archived (takes an Archived User licence)' },
      ],
      closed: true,
    },
    {
      key: 'licences',
      label: 'Licences to take away, as product/SKU (without it: the editions of Google Workspace)',
      secret: false,
      required: false,
      example: 'Google-Apps/1010020028',
      check: like(/^\S+\/\S+([,;\s]+\S+\/\S+)*$/, 'Each is product/SKU: Google-Apps/1010020028.'),
      when: { key: 'licenceMode', is: ['remove'] },
    },
    {
      key: 'url',
      label: 'Base URL',
      secret: false,
      required: true,
      defaultValue: 'https://admin.googleapis.com',
      check: webAddress,
    },
  ],
  pasteRights: [...new Set(Object.values(neededRights).map(right => right.scope))].join(',\n'),
  features: [],
  unchecked: [shortScope(neededRights.members)],
  rights: [
    'a service account with domain-wide delegation, and the Admin SDK API enabled in its Cloud project',
    `scopes: ${Object.values(always).map(shortScope).join(', ')}`,
    `with licenceMode remove: scope ${shortScope(licences)}, and the Enterprise License Manager API enabled`,
    `${shortScope(neededRights.members)} cannot be tried beforehand: ${neededRights.members.unchecked}`,
    'adminEmail is a super administrator: only one may change other administrators',
    'with adc and no key: Service Account Token Creator on the service account, and the IAM Service Account Credentials API enabled',
  ],
  isModule: false,
  contract: false,
  people:
    'People, groups, roles, devices and data over the Admin SDK: revokes, suspends, hands over, wipes, and deletes when asked.',
  searchedBy: 'primary e-mail or alias',
  searchesEmailOnly: true,
  step: 'directory',
  accountGoals: [
    {
      kind: 'admin-roles-dropped',
      how: 'reached',
      note: 'Also roles that come through a group. The last active super administrator, and the one whom k1ctl acts as, are not touched.',
    },
    {
      kind: 'sign-in-blocked',
      how: 'reached',
      note: 'Random password, sign-out, then suspended. Archived accounts count as blocked.',
    },
    {
      kind: 'sessions-ended',
      how: 'reached',
      note: 'The sign-out is sent right before the suspension, which is what can be read. Other services that were entered with Google keep their own sessions.',
    },
    {
      kind: 'credentials-revoked',
      how: 'reached',
      note: 'Recovery e-mail and phone, backup codes, app passwords, OAuth tokens; before the suspension, for backup codes of a suspended account cannot be invalidated. 2-Step Verification stays on. Where Google does not show the lists of a suspended account, nobody can read them back.',
    },
    {
      kind: 'groups-left',
      how: 'reached',
      note: 'Direct memberships. Dynamic groups follow their rule, and groups with all users in them have no members to take out.',
    },
    {
      kind: 'access-freed',
      how: 'reached',
      note: 'Hidden from the address list, moved to leaversOrgUnit, licence as licenceMode says. Behind the handover of data: an archived account has no Calendar.',
    },
    {
      kind: 'data-handed-over',
      how: 'reached',
      note: 'Drive and Calendar, with --successor. Mail is not moved: Google has no API for it.',
    },
    {
      kind: 'devices-released',
      how: 'reached',
      note: 'Phones of the directory: the work account is wiped, with lock also blocked, with erase all of it. Chromebooks noted down as theirs: given back, disabled, or erased and deprovisioned.',
    },
    {
      kind: 'deleted',
      how: 'reached',
      note: 'Only with --delete, after all others. A super administrator can restore it for 20 days.',
    },
  ],
  residual: [
    'Other services that were entered with "Sign in with Google" may keep their sessions until they end them.',
    'Phones that were enrolled within the last hours, and computers with endpoint verification, may not be in the list of mobile devices.',
  ],
  accountSteps: [
    'Admin console > Directory > Users > {person} > Security: revoke backup codes, app passwords and connected applications, remove recovery information, reset sign-in cookies.',
    'Under Admin roles and privileges, take all roles away. Reset the password to a random one.',
    'Suspend the user. Take the user out of all groups.',
    'Under Apps > Google Workspace > Drive and Docs > Transfer ownership, hand the data over.',
    'Under Devices > Mobile & endpoints, wipe the account from the phones; under Devices > Chrome, disable the Chromebook.',
  ],
}
