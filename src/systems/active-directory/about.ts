import { rightsIn } from '../../core/needed-right.ts'
import { like } from '../../core/setting-checks.ts'
import type { SystemAbout } from '../../core/system.ts'
import { neededRights } from './needed-rights.ts'

/** One domain of Active Directory, over LDAP. What is synced from it (Microsoft 365, Google) is changed here. */
export const activeDirectoryAbout: SystemAbout = {
  id: 'active-directory',
  title: 'Active Directory',
  aliases: ['ad', 'ldap'],
  reach: 'api',
  settings: [
    {
      key: 'url',
      label: 'Domain controller (ldaps://, or ldap:// for StartTLS)',
      secret: false,
      required: true,
      example: 'ldaps://dc1.corp.example',
      check: like(
        /^ldaps?:\/\/[^/@?#\s]+\/?$/i,
        'Give ldaps://dc1.corp.example, or ldap://dc1.corp.example, which begins TLS before anything is said.',
      ),
    },
    {
      key: 'username',
      label: 'Who signs in (user principal name)',
      secret: false,
      required: true,
      example: 'k1ctl@corp.example',
    },
    { key: 'password', label: 'Password', secret: true, required: true },
    {
      key: 'ca',
      label: 'Certificate authority of the domain (PEM file), unless this machine trusts it',
      secret: false,
      required: false,
      file: true,
    },
    {
      key: 'serverName',
      label: "Name in the controller's certificate, if it is not the host of the URL",
      secret: false,
      required: false,
      example: 'dc1.corp.example',
    },
    {
      key: 'leaversOu',
      label: 'OU that leavers are moved to (DN); without it nobody is moved',
      secret: false,
      required: false,
      example: 'OU=Leavers,DC=corp,DC=example',
      check: like(/^[a-z]+=.+,\s*dc=.+$/i, 'A DN looks like OU=Leavers,DC=corp,DC=example.'),
    },
    {
      key: 'clearAttributes',
      label: 'Attributes to clear, with commas between (or: none)',
      secret: false,
      required: false,
      defaultValue: 'manager',
      check: like(
        /^[a-z][a-z0-9-]{0,63}([,;\s]+[a-z][a-z0-9-]{0,63})*$/i,
        'Names of attributes with commas, or: none.',
      ),
    },
  ],
  features: [],
  ...rightsIn(neededRights),
  isModule: false,
  contract: false,
  people:
    'People of one domain over LDAP with TLS: disables, resets passwords, takes out of groups, moves, and deletes when asked.',
  searchedBy: 'log-in name, principal name, mail or proxy address',
  absence: 'Whom the account of k1ctl may not read, it does not find.',
  step: 'directory',
  accountGoals: [
    {
      kind: 'admin-roles-dropped',
      how: 'not-here',
      note: 'Who is in a protected group (Domain Admins and the like) is refused; all other groups are left with "groups".',
    },
    { kind: 'sign-in-blocked', how: 'reached', note: 'The account is disabled.' },
    {
      kind: 'sessions-ended',
      how: 'not-here',
      note: 'Nothing in LDAP ends a session. Kerberos tickets last up to 10 hours by default.',
    },
    {
      kind: 'credentials-revoked',
      how: 'reached',
      note: 'The password is replaced twice by random ones that nobody knows; proved by the time when it was last set.',
    },
    {
      kind: 'groups-left',
      how: 'reached',
      note: 'Also the primary group: it becomes Domain Users (Domain Guests stays what it is).',
    },
    {
      kind: 'access-freed',
      how: 'reached',
      note: 'The description says that the person left, attributes are cleared, and the account is moved if an OU for leavers is set.',
    },
    { kind: 'data-handed-over', how: 'not-here', note: 'Active Directory keeps no files or mail.' },
    { kind: 'devices-released', how: 'not-here', note: 'Computer accounts belong to nobody in Active Directory.' },
    { kind: 'deleted', how: 'reached', note: 'Only with --delete; proved by the tombstone.' },
  ],
  residual: [
    'Kerberos tickets that were given out before may work until they end: 10 hours by default.',
    'NTLM may accept the password before last for up to 60 minutes on a domain controller that has not heard of the change; so it is replaced twice.',
    'Other domain controllers hear of it when they replicate; cached log-ins work on machines that are offline.',
    'Membership in groups of other domains and forests is not seen from this domain.',
  ],
  accountSteps: [
    'In Active Directory Users and Computers find {person}, and disable the account.',
    'Reset the password twice to something that nobody knows.',
    'Remove the account from all groups but its primary group, and set the primary group to Domain Users.',
    'Write into the description that the person left, and move the account to the OU of leavers, if there is one.',
  ],
}
