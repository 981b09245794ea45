/** What the sandbox's app may do: all that k1ctl asks for. */
export const everyRight = [
  'User.ReadWrite.All',
  'User.EnableDisableAccount.All',
  'User.RevokeSessions.All',
  'User-PasswordProfile.ReadWrite.All',
  'UserAuthenticationMethod.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'Group.ReadWrite.All',
  'Application.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'RoleEligibilitySchedule.Read.Directory',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'LicenseAssignment.ReadWrite.All',
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementManagedDevices.PrivilegedOperations.All',
  'Device.ReadWrite.All',
  'Directory.Read.All',
  'Member.Read.Hidden',
  'MailboxSettings.ReadWrite',
  'Files.ReadWrite.All',
  'TeamsTelephoneNumber.ReadWrite.All',
  'Calendars.ReadWrite',
  'BitlockerKey.ReadBasic.All',
  'DeviceManagementServiceConfig.ReadWrite.All',
]

/** For Exchange Online. */
export const everyExchangeRight = {
  granted: ['Exchange.ManageAsApp'],
  // Exchange Recipient Administrator, Global Reader.
  roles: ['31392ffb-586c-42d1-9346-e59415a2cc4e', 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'],
}
