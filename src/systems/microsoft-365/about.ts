import type { SystemAbout } from '../../core/system.ts'
import { settings } from './about-settings.ts'
import { pastedRights, toldRights } from './needed-rights.ts'

/** Microsoft 365 and Entra ID over Microsoft Graph v1.0. */
export const microsoft365About: SystemAbout = {
  id: 'microsoft-365',
  title: 'Microsoft 365',
  aliases: ['m365', 'office-365', 'o365', 'entra', 'entra-id', 'azure-ad'],
  reach: 'api',
  settings,
  rights: [
    ...toldRights(),
    'Directory.Read.All: to list customers',
    'Exchange.ManageAsApp of "Office 365 Exchange Online", and the role Exchange Recipient Administrator for the app itself: for mailboxes and distribution lists',
    'The role Global Reader for the app itself, with licences=remove: to see holds over all mailboxes',
    'The role Privileged Authentication Administrator for the app itself: to block and reset administrators',
  ],
  pasteRights: pastedRights(),
  features: [],
  isModule: false,
  contract: false,
  people:
    'People, roles, groups, licences and devices over Microsoft Graph: blocks, ends sessions, takes away, releases.',
  searchedBy: 'principal name, mail or proxy address; of guests also the address at home',
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
      kind: 'others-mailboxes-left',
      how: 'reached',
      note: 'With othersMailboxes=left: full access, sending as and on behalf of somebody, and shared calendars. All mailboxes are searched once a run, or it is said which were not.',
    },
    {
      kind: 'mail-kept-in',
      how: 'reached',
      note: 'Forwarding to outside is ended, rules that send mail out are disabled (never deleted), phones are disconnected (with erase they remove their mail), and mail programs other than Outlook and the browser are shut out.',
    },
    {
      kind: 'meetings-cancelled',
      how: 'reached',
      note: 'With --cancel-meetings: meetings of the next two years with other people in them. It cannot be undone.',
    },
    {
      kind: 'mailbox-shared',
      how: 'reached',
      note: 'Converted and hidden from address lists, unless mailbox=left. The mailbox of who is synced is hidden on premises: the command is shown.',
    },
    {
      kind: 'access-freed',
      how: 'reached',
      note: 'App roles, consents and the telephone number in Teams; the automatic reply, if there is a text; with immutableId=cleared what ties the account to Active Directory. Licences have a goal of their own.',
    },
    {
      kind: 'data-handed-over',
      how: 'reached',
      note: 'With --successor: ownership of groups, distribution lists and applications; OneDrive is opened to them, and its link told.',
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
      note: "Intune: retire, with lock a remote lock too, with erase a wipe (never of a personal device). They act when the device checks in. In Entra an app disables Windows devices only; others are named. With autopilot=unassigned a device that is set up anew is nobody's.",
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
