import type { AccountGoalAbout } from '../../core/account-kinds.ts'

export const accountGoals: readonly AccountGoalAbout[] = [
  {
    kind: 'admin-roles-dropped',
    how: 'reached',
    note:
      'An administrator of the console is an account of its own. Behind a provider it loses the organization; elsewhere ' +
      'the API cannot remove it, and a person does.',
  },
  {
    kind: 'sign-in-blocked',
    how: 'reached',
    note: 'Suspends, and cancels scheduled activations. Bound Google and Microsoft 365 accounts may be suspended with it.',
  },
  {
    kind: 'sessions-ended',
    how: 'reached',
    note:
      'Suspending logs out of devices and blocks bound resources; no API ends sessions. Open SSO and RADIUS sessions ' +
      'last until the service ends them, and Windows Home is not logged out.',
  },
  {
    kind: 'credentials-revoked',
    how: 'reached',
    note:
      'SSH keys, push endpoints and the TOTP key go, and the password expires. It is not replaced: a new one would ' +
      'reach bound Macs, and FileVault would ask for the old one. Security keys (WebAuthn) have no API.',
  },
  { kind: 'groups-left', how: 'reached', note: 'Dynamic groups follow their rule and cannot be left.' },
  {
    kind: 'access-freed',
    how: 'reached',
    note: 'Every direct association except with devices. What a group grants goes with the group.',
  },
  { kind: 'data-handed-over', how: 'not-here', note: 'JumpCloud keeps no data of people.' },
  {
    kind: 'devices-released',
    how: 'reached',
    note:
      'A device counts once its agent called in after the change. That a Mac is locked or erased nobody can read back. ' +
      'Devices that others use are unbound, and never locked or erased. The record of a device stays: deleting it ' +
      'would take the agent away and leave the local account as it is.',
  },
  {
    kind: 'deleted',
    how: 'reached',
    note: 'Only with --delete. People who report to them get the successor, or nobody.',
  },
]

export const residual: readonly string[] = [
  'Applications that are provisioned over SCIM decide themselves whether they deactivate or delete.',
  'Servers and devices that a group had bound keep the local account until their agent calls in.',
]

export const accountSteps: readonly string[] = [
  'Admin Portal > Settings > Administrators: remove {person}, if they are listed.',
  'Admin Portal > Users > {person}: suspend, and cancel scheduled activations.',
  'Security tab: delete SSH keys, reset MFA, expire the password.',
  'User Groups, Directories, Applications and Devices tabs: remove everything that is bound.',
  'Devices: lock or erase them if needed, after they called in. Delete the device record last.',
]
