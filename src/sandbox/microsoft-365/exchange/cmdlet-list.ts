/**
 * Cmdlets of Exchange Online as this sandbox knows them, with the type of each parameter: after Microsoft's reference
 * (learn.microsoft.com/powershell/module/exchangepowershell). It has more parameters than anybody sends here, so that a
 * test may send them; what is not in the reference is refused, as Exchange refuses it.
 */
export type ParameterType = 'text' | 'texts' | 'flag' | 'number' | 'table'

interface Cmdlet {
  required: readonly string[]
  parameters: Readonly<Record<string, ParameterType>>
}

const confirmed = { Confirm: 'flag', WhatIf: 'flag' } as const
const listed = { ResultSize: 'text' } as const

export const cmdletList = {
  'Get-AcceptedDomain': { required: [], parameters: { Identity: 'text', ...listed } },
  'Get-OrganizationConfig': { required: [], parameters: {} },
  'Get-Mailbox': {
    required: [],
    parameters: { Identity: 'text', Filter: 'text', RecipientTypeDetails: 'texts', Archive: 'flag', ...listed },
  },
  'Set-Mailbox': {
    required: ['Identity'],
    parameters: {
      Identity: 'text',
      Type: 'text',
      HiddenFromAddressListsEnabled: 'flag',
      ForwardingAddress: 'text',
      ForwardingSmtpAddress: 'text',
      DeliverToMailboxAndForward: 'flag',
      GrantSendOnBehalfTo: 'table',
      ...confirmed,
    },
  },
  'Get-MailboxStatistics': { required: ['Identity'], parameters: { Identity: 'text', Archive: 'flag' } },
  'Get-CASMailbox': { required: [], parameters: { Identity: 'text', ...listed } },
  'Set-CASMailbox': {
    required: ['Identity'],
    parameters: {
      Identity: 'text',
      ActiveSyncEnabled: 'flag',
      ImapEnabled: 'flag',
      MAPIEnabled: 'flag',
      OWAEnabled: 'flag',
      OWAforDevicesEnabled: 'flag',
      PopEnabled: 'flag',
      SmtpClientAuthenticationDisabled: 'flag',
      ...confirmed,
    },
  },
  'Get-MobileDeviceStatistics': { required: ['Mailbox'], parameters: { Mailbox: 'text', ActiveSync: 'flag' } },
  'Remove-MobileDevice': { required: ['Identity'], parameters: { Identity: 'text', ...confirmed } },
  'Clear-MobileDevice': {
    required: ['Identity'],
    parameters: { Identity: 'text', AccountOnly: 'flag', Cancel: 'flag', ...confirmed },
  },
  'Get-Recipient': {
    required: [],
    parameters: { Identity: 'text', Filter: 'text', RecipientTypeDetails: 'texts', ...listed },
  },
  'Get-DistributionGroup': {
    required: [],
    parameters: { Identity: 'text', Filter: 'text', RecipientTypeDetails: 'texts', ...listed },
  },
  'Set-DistributionGroup': {
    required: ['Identity'],
    parameters: { Identity: 'text', ManagedBy: 'table', BypassSecurityGroupManagerCheck: 'flag', ...confirmed },
  },
  'Remove-CalendarEvents': {
    required: ['Identity', 'QueryWindowInDays'],
    parameters: {
      Identity: 'text',
      QueryWindowInDays: 'number',
      CancelOrganizedMeetings: 'flag',
      PreviewOnly: 'flag',
      ...confirmed,
    },
  },
  'Add-DistributionGroupMember': {
    required: ['Identity'],
    parameters: { Identity: 'text', Member: 'text', BypassSecurityGroupManagerCheck: 'flag', ...confirmed },
  },
  'Remove-DistributionGroupMember': {
    required: ['Identity'],
    parameters: { Identity: 'text', Member: 'text', BypassSecurityGroupManagerCheck: 'flag', ...confirmed },
  },
  'Get-MailboxPermission': { required: ['Identity'], parameters: { Identity: 'text', User: 'text', ...listed } },
  'Add-MailboxPermission': {
    required: ['Identity', 'User', 'AccessRights'],
    parameters: {
      Identity: 'text',
      User: 'text',
      AccessRights: 'texts',
      InheritanceType: 'text',
      AutoMapping: 'flag',
      Deny: 'flag',
      ...confirmed,
    },
  },
  'Remove-MailboxPermission': {
    required: ['Identity', 'User', 'AccessRights'],
    parameters: {
      Identity: 'text',
      User: 'text',
      AccessRights: 'texts',
      InheritanceType: 'text',
      Deny: 'flag',
      ...confirmed,
    },
  },
  'Get-RecipientPermission': { required: [], parameters: { Identity: 'text', Trustee: 'text', ...listed } },
  'Add-RecipientPermission': {
    required: ['Identity', 'Trustee', 'AccessRights'],
    parameters: { Identity: 'text', Trustee: 'text', AccessRights: 'texts', ...confirmed },
  },
  'Remove-RecipientPermission': {
    required: ['Identity', 'Trustee', 'AccessRights'],
    parameters: { Identity: 'text', Trustee: 'text', AccessRights: 'texts', Deny: 'flag', ...confirmed },
  },
} as const satisfies Record<string, Cmdlet>

export type CmdletName = keyof typeof cmdletList

export function cmdletOf(name: string): { name: CmdletName; cmdlet: Cmdlet } | undefined {
  const found = Object.entries(cmdletList).find(([known]) => known.toLowerCase() === name.toLowerCase())
  return found && { name: found[0] as CmdletName, cmdlet: found[1] }
}
