import type { SystemAbout } from '../../core/system.ts'
import { cloudLabels } from './clouds.ts'
import { toldRights } from './needed-rights.ts'

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
      key: 'cloud',
      label: "Which of Microsoft's clouds",
      secret: false,
      required: true,
      defaultValue: 'global',
      suggestions: Object.entries(cloudLabels).map(([value, label]) => ({ value, label })),
      closed: true,
    },
    { key: 'url', label: 'Microsoft Graph, instead of the one of the cloud', secret: false, required: false },
    {
      key: 'signInUrl',
      label: 'Microsoft Entra sign-in, instead of the one of the cloud',
      secret: false,
      required: false,
    },
    { key: 'exchangeUrl', label: 'Exchange Online, instead of the one of the cloud', secret: false, required: false },
    {
      key: 'mailbox',
      label: 'Mailbox of a leaver',
      secret: false,
      required: false,
      defaultValue: 'shared',
      suggestions: [
        { value: 'shared', label: 'shared: converted, and hidden from address lists' },
        { value: 'left', label: 'left: as it is' },
      ],
      closed: true,
    },
    {
      key: 'successor',
      label: 'Who gets the mailbox of a leaver',
      secret: false,
      required: false,
      defaultValue: 'named',
      suggestions: [
        { value: 'named', label: 'named: whom --successor names' },
        { value: 'manager', label: 'manager: theirs, where --successor names nobody' },
        { value: 'nobody', label: 'nobody, whatever --successor says' },
      ],
      closed: true,
    },
    {
      key: 'forward',
      label: 'New mail of a leaver',
      secret: false,
      required: false,
      defaultValue: 'no',
      suggestions: [
        { value: 'no', label: 'no: it stays in the mailbox' },
        { value: 'successor', label: 'successor: a copy goes to them, too' },
      ],
      closed: true,
    },
    {
      key: 'licences',
      label: 'Licences of a leaver',
      secret: false,
      required: false,
      defaultValue: 'keep',
      suggestions: [
        { value: 'keep', label: 'keep: somebody frees them later' },
        { value: 'remove', label: 'remove: once the mailbox is shared, but for what it needs' },
      ],
    },
    {
      key: 'autoReply',
      label: 'Automatic reply of a leaver (text; {name} and {successor} stand for them)',
      secret: false,
      required: false,
    },
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
    'Exchange.ManageAsApp of "Office 365 Exchange Online", and the role Exchange Recipient Administrator for the app itself: for mailboxes and distribution lists',
    'The role Global Reader for the app itself, with licences=remove: to see holds over all mailboxes',
    'The role Privileged Authentication Administrator for the app itself: to block and reset administrators',
  ],
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
      note: 'Role assignments, groups that give a role, and what may be activated in Privileged Identity Management: roles and groups.',
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
      note: 'Distribution lists and mail-enabled security groups in Exchange Online. Not dynamic groups and groups synced from Active Directory: they are named.',
    },
    {
      kind: 'mail-kept-in',
      how: 'reached',
      note: 'Forwarding to outside is ended, rules that send mail out are disabled (never deleted), phones are disconnected (with erase they remove their mail), and mail programs other than Outlook and the browser are shut out.',
    },
    {
      kind: 'mailbox-shared',
      how: 'reached',
      note: 'Converted and hidden from address lists, unless mailbox=left. The mailbox of who is synced is hidden on premises: the command is shown.',
    },
    {
      kind: 'access-freed',
      how: 'reached',
      note: 'App roles, consents and the telephone number in Teams; the automatic reply, if there is a text. Licences have a goal of their own.',
    },
    {
      kind: 'data-handed-over',
      how: 'reached',
      note: 'With --successor: ownership of groups and applications; OneDrive is opened to them, and its link told.',
    },
    {
      kind: 'successor-let-in',
      how: 'reached',
      note: 'With --successor: full access to the mailbox, and sending from it; with forward=successor new mail goes to them, too.',
    },
    {
      kind: 'licences-freed',
      how: 'reached',
      note: 'With licences=remove, once the mailbox was read back as a shared one. Over 50 GB, with an archive or on hold the licence that it needs is kept, and named.',
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
    'OneDrive stays with the account: without a licence it can only be read after 60 days, is archived after 93, and deleted after a year that nobody pays for.',
  ],
  accountSteps: [
    'Open the Microsoft Entra admin center, Users, and find {person}.',
    'Take away administrative roles, block sign-in (for a synced person: in Active Directory), and revoke sessions.',
    'Reset the password, delete the authentication methods, and take the person out of groups.',
    'Convert or hand over mailbox and OneDrive, then remove licences.',
    'Retire or wipe the devices in the Intune admin center.',
  ],
}
