/**
 * Every cmdlet that can be sent, with its parameters: nothing else compiles. Checked against Microsoft's reference
 * (learn.microsoft.com/powershell/module/exchangepowershell) in test/contract/microsoft-365-exchange.test.ts.
 */
export const cmdlets = {
  'Get-OrganizationConfig': [],
  'Get-Mailbox': ['Identity', 'Filter', 'RecipientTypeDetails', 'ResultSize'],
  'Set-Mailbox': [
    'Identity',
    'Type',
    'HiddenFromAddressListsEnabled',
    'ForwardingAddress',
    'ForwardingSmtpAddress',
    'DeliverToMailboxAndForward',
    'GrantSendOnBehalfTo',
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
  'Get-DistributionGroup': ['Filter', 'ResultSize'],
  'Set-DistributionGroup': ['Identity', 'ManagedBy', 'BypassSecurityGroupManagerCheck', 'Confirm'],
  'Add-DistributionGroupMember': ['Identity', 'Member', 'BypassSecurityGroupManagerCheck', 'Confirm'],
  'Remove-DistributionGroupMember': ['Identity', 'Member', 'BypassSecurityGroupManagerCheck', 'Confirm'],
  'Get-MailboxPermission': ['Identity', 'User'],
  'Add-MailboxPermission': ['Identity', 'User', 'AccessRights', 'InheritanceType', 'AutoMapping', 'Confirm'],
  'Remove-MailboxPermission': ['Identity', 'User', 'AccessRights', 'InheritanceType', 'Confirm'],
  'Get-RecipientPermission': ['Identity', 'Trustee', 'ResultSize'],
  'Add-RecipientPermission': ['Identity', 'Trustee', 'AccessRights', 'Confirm'],
  'Remove-RecipientPermission': ['Identity', 'Trustee', 'AccessRights', 'Confirm'],
  'Remove-CalendarEvents': ['Identity', 'CancelOrganizedMeetings', 'QueryWindowInDays', 'Confirm'],
} as const

export type CmdletName = keyof typeof cmdlets

/** What is to be added to a value that has several, or taken out of it. */
export interface HashTable {
  '@odata.type': '#Exchange.GenericHashTable'
  add?: string
  remove?: string
}

export type ParameterValue = string | boolean | number | null | readonly string[] | HashTable

/** What a cmdlet is given. A switch is `true` or `false`; `null` empties a value. */
export type Parameters<N extends CmdletName> = Partial<Record<(typeof cmdlets)[N][number], ParameterValue>>
