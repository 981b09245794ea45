/** What a person types into PowerShell where k1ctl has not the right, filled in. */

/** A word as PowerShell takes it. Its typographic apostrophes end a string, too. */
export function word(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`
}

export function connectExchange({
  tenantId,
  environment,
}: {
  tenantId: string
  environment?: string | undefined
}): string {
  const cloud = environment === undefined ? '' : ` -ExchangeEnvironmentName ${environment}`
  return `In PowerShell: Connect-ExchangeOnline -Organization ${word(tenantId)}${cloud}`
}

export const commandsFor = {
  share: (who: string) => [
    `Set-Mailbox -Identity ${word(who)} -Type Shared -HiddenFromAddressListsEnabled $true`,
    `Get-Mailbox -Identity ${word(who)} | Format-List RecipientTypeDetails, HiddenFromAddressListsEnabled, ArchiveStatus, LitigationHoldEnabled, InPlaceHolds`,
    `Get-MailboxStatistics -Identity ${word(who)} | Format-List TotalItemSize`,
  ],
  hideOnPremises: (who: string) =>
    `Get-ADUser -Filter "UserPrincipalName -eq ${word(who)}" | Set-ADUser -Replace @{msExchHideFromAddressLists=$true}`,
  keepIn: (who: string) => [
    `Get-Mailbox -Identity ${word(who)} | Format-List ForwardingAddress, ForwardingSmtpAddress`,
    `Set-Mailbox -Identity ${word(who)} -ForwardingAddress $null -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false`,
    `Get-InboxRule -Mailbox ${word(who)} -IncludeHidden | Where-Object { $_.ForwardTo -or $_.RedirectTo -or $_.ForwardAsAttachmentTo } | Disable-InboxRule`,
    `Set-CASMailbox -Identity ${word(who)} -ActiveSyncEnabled $false -OWAforDevicesEnabled $false -ImapEnabled $false -PopEnabled $false -SmtpClientAuthenticationDisabled $true`,
    `Get-MobileDevice -Mailbox ${word(who)} | Remove-MobileDevice`,
  ],
  letIn: (who: string, successor: string) => [
    `Add-MailboxPermission -Identity ${word(who)} -User ${word(successor)} -AccessRights FullAccess -InheritanceType All -AutoMapping $true`,
    `Add-RecipientPermission -Identity ${word(who)} -Trustee ${word(successor)} -AccessRights SendAs`,
  ],
  leaveOthers: (who: string) => [
    `Get-Mailbox -ResultSize Unlimited | Get-MailboxPermission -User ${word(who)} | Remove-MailboxPermission -User ${word(who)} -AccessRights FullAccess`,
    `Get-RecipientPermission -Trustee ${word(who)} -ResultSize Unlimited | Remove-RecipientPermission -Trustee ${word(who)} -AccessRights SendAs`,
    `$dn = (Get-Recipient ${word(who)}).DistinguishedName; Get-Mailbox -ResultSize Unlimited -Filter "GrantSendOnBehalfTo -eq '$dn'" | Set-Mailbox -GrantSendOnBehalfTo @{Remove=${word(who)}}`,
  ],
  cancelMeetings: (who: string, days: number) => [
    `Remove-CalendarEvents -Identity ${word(who)} -CancelOrganizedMeetings -QueryWindowInDays ${days}`,
  ],
  leaveList: (list: string, who: string) =>
    `Remove-DistributionGroupMember -Identity ${word(list)} -Member ${word(who)} -BypassSecurityGroupManagerCheck`,
}
