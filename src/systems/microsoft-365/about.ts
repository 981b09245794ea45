import type { SystemAbout } from '../../core/system.ts'
import { pastedRights, toldRights } from './needed-rights.ts'

/** Microsoft 365 and Entra ID over Microsoft Graph v1.0. */
export const microsoft365About: SystemAbout = {
  id: 'microsoft-365',
  title: 'Microsoft 365',
  aliases: ['m365', 'office-365', 'o365', 'entra', 'entra-id', 'azure-ad'],
  reach: 'api',
  settings: [
    {
      key: 'tenantId',
      label: "The customer's tenant id or domain",
      secret: false,
      required: true,
      example: 'contoso.com',
    },
    { key: 'clientId', label: 'Application (client) id', secret: false, required: true },
    {
      key: 'auth',
      label: 'How to sign in',
      secret: false,
      required: true,
      defaultValue: 'client-secret',
      suggestions: [
        { value: 'client-secret', label: 'An application with a client secret' },
        { value: 'certificate', label: 'An application with a certificate' },
        { value: 'device-code', label: 'A person, with a code in the browser' },
      ],
      closed: true,
    },
    {
      key: 'url',
      label: 'Microsoft Graph',
      secret: false,
      required: true,
      defaultValue: 'https://graph.microsoft.com',
      suggestions: [
        { value: 'https://graph.microsoft.com', label: 'Global' },
        { value: 'https://graph.microsoft.us', label: 'US Government (GCC High)' },
        { value: 'https://dod-graph.microsoft.us', label: 'US Government (DoD)' },
        { value: 'https://microsoftgraph.chinacloudapi.cn', label: 'China (21Vianet)' },
      ],
    },
    {
      key: 'signInUrl',
      label: 'Microsoft Entra sign-in',
      secret: false,
      required: true,
      defaultValue: 'https://login.microsoftonline.com',
      suggestions: [
        { value: 'https://login.microsoftonline.com', label: 'Global' },
        { value: 'https://login.microsoftonline.us', label: 'US Government' },
        { value: 'https://login.partner.microsoftonline.cn', label: 'China (21Vianet)' },
      ],
    },
    {
      key: 'licences',
      label: 'Licences of a leaver',
      secret: false,
      required: false,
      defaultValue: 'keep',
      suggestions: [
        { value: 'keep', label: 'keep: until the mailbox is converted or exported' },
        { value: 'remove', label: 'remove: the mailbox goes with its licence' },
      ],
    },
    { key: 'autoReply', label: 'Automatic reply of a leaver (text)', secret: false, required: false },
    {
      key: 'clientSecret',
      label: 'Client secret',
      secret: true,
      required: true,
      when: { key: 'auth', is: ['client-secret'] },
    },
    {
      key: 'certificate',
      label: 'Certificate with its private key, one PEM file without a passphrase',
      secret: true,
      required: true,
      file: true,
      when: { key: 'auth', is: ['certificate'] },
    },
    {
      key: 'refreshToken',
      label: 'Kept sign-in',
      secret: true,
      required: false,
      when: { key: 'auth', is: ['device-code'] },
    },
  ],
  rights: [
    ...toldRights(),
    'Directory.Read.All: to list customers',
    'The role Privileged Authentication Administrator for the app itself: to block and reset administrators',
  ],
  pasteRights: pastedRights(),
  features: [],
  isModule: false,
  contract: false,
  people:
    'People, roles, groups, licences and devices over Microsoft Graph: blocks, ends sessions, takes away, releases.',
  step: 'directory',
  accountGoals: [
    {
      kind: 'admin-roles-dropped',
      how: 'reached',
      note: 'Role assignments, and groups that give a role. Eligibility in Privileged Identity Management is named, not removed.',
    },
    {
      kind: 'sign-in-blocked',
      how: 'reached',
      note: 'Who is synced from Active Directory is blocked there, and waited for here. Administrators need an app that holds a higher role itself.',
    },
    {
      kind: 'sessions-ended',
      how: 'reached',
      note: 'Access tokens that were given out last 60 to 90 minutes. Sessions of guests belong to their home tenant.',
    },
    {
      kind: 'credentials-revoked',
      how: 'reached',
      note: 'A new random password and no other sign-in method, also none of an outside provider. The password of who is synced belongs to Active Directory, that of a guest to their home tenant.',
    },
    {
      kind: 'groups-left',
      how: 'reached',
      note: 'Not dynamic groups, groups synced from Active Directory, distribution lists and mail-enabled security groups: they are named.',
    },
    {
      kind: 'access-freed',
      how: 'reached',
      note: 'App roles and consents. Licences only with licences=remove: Graph cannot convert a mailbox, and it goes with its licence.',
    },
    {
      kind: 'data-handed-over',
      how: 'reached',
      note: 'With --successor: ownership of groups and applications. OneDrive and mailbox are handed over by hand.',
    },
    {
      kind: 'devices-released',
      how: 'reached',
      note: 'Intune: retire, with lock a remote lock too, with erase a wipe (never of a personal device). They act when the device checks in. In Entra an app disables Windows devices only; others are named.',
    },
    { kind: 'deleted', how: 'reached', note: 'Only with --delete. Restorable for 30 days.' },
  ],
  residual: [
    'Access tokens that were given out before last 60 to 90 minutes. Where continuous access evaluation applies they may last up to 28 hours, and are refused within minutes of the block.',
    'Mailbox (shared, forwarding, hidden from lists) and OneDrive are not in Graph v1.0: decide on them in the Exchange and SharePoint admin centers.',
  ],
  accountSteps: [
    'Open the Microsoft Entra admin center, Users, and find {person}.',
    'Take away administrative roles, block sign-in (for a synced person: in Active Directory), and revoke sessions.',
    'Reset the password, delete the authentication methods, and take the person out of groups.',
    'Convert or hand over mailbox and OneDrive, then remove licences.',
    'Retire or wipe the devices in the Intune admin center.',
  ],
}
