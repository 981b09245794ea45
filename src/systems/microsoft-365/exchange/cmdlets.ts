/**
 * Every cmdlet that can be sent, with its parameters: nothing else compiles. Checked against Microsoft's reference
 * (learn.microsoft.com/powershell/module/exchangepowershell) in test/contract/microsoft-365-exchange.test.ts.
 */
export const cmdlets = {
  'Get-OrganizationConfig': [],
  'Get-Mailbox': ['Identity'],
  'Set-Mailbox': [
    'Identity',
    'Type',
    'HiddenFromAddressListsEnabled',
    'ForwardingAddress',
    'ForwardingSmtpAddress',
    'DeliverToMailboxAndForward',
  ],
  'Get-MailboxStatistics': ['Identity'],
  'Get-CASMailbox': ['Identity'],
  'Set-CASMailbox': [
    'Identity',
    'ActiveSyncEnabled',
    'ImapEnabled',
    'OWAforDevicesEnabled',
    'PopEnabled',
    'SmtpClientAuthenticationDisabled',
  ],
  'Get-MobileDeviceStatistics': ['Mailbox'],
  'Remove-MobileDevice': ['Identity', 'Confirm'],
  'Clear-MobileDevice': ['Identity', 'AccountOnly', 'Confirm'],
  'Get-Recipient': ['Identity', 'Filter', 'RecipientTypeDetails', 'ResultSize'],
  'Add-DistributionGroupMember': ['Identity', 'Member', 'BypassSecurityGroupManagerCheck', 'Confirm'],
  'Remove-DistributionGroupMember': ['Identity', 'Member', 'BypassSecurityGroupManagerCheck', 'Confirm'],
  'Get-MailboxPermission': ['Identity', 'User'],
  'Add-MailboxPermission': ['Identity', 'User', 'AccessRights', 'InheritanceType', 'AutoMapping', 'Confirm'],
  'Remove-MailboxPermission': ['Identity', 'User', 'AccessRights', 'InheritanceType', 'Confirm'],
  'Get-RecipientPermission': ['Identity', 'Trustee'],
  'Add-RecipientPermission': ['Identity', 'Trustee', 'AccessRights', 'Confirm'],
  'Remove-RecipientPermission': ['Identity', 'Trustee', 'AccessRights', 'Confirm'],
} as const

export type CmdletName = keyof typeof cmdlets

export type ParameterValue = string | boolean | number | null | readonly string[]

/** What a cmdlet is given. A switch is `true` or `false`; `null` empties a value. */
export type Parameters<N extends CmdletName> = Partial<Record<(typeof cmdlets)[N][number], ParameterValue>>
