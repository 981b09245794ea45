import type { Tenant } from '../tenant.ts'
import type { Answer, Given } from './command.ts'
import { ExchangeFailure, synced } from './exchange-failure.ts'
import { tabled } from './given.ts'
import type { MailboxType } from './mailbox-state.ts'
import { boxOf } from './recipients.ts'

const types: Record<string, MailboxType> = {
  Regular: 'UserMailbox',
  Shared: 'SharedMailbox',
  Room: 'RoomMailbox',
  Equipment: 'EquipmentMailbox',
}

/**
 * What Active Directory keeps of somebody who is synced: msExchHideFromAddressLists, altRecipient
 * (learn.microsoft.com/entra/identity/hybrid/connect/reference-connect-sync-attributes-synchronized, Exchange Online).
 */
const onPremises = ['HiddenFromAddressListsEnabled', 'ForwardingAddress']

export function changeMailbox(tenant: Tenant, given: Given): Answer {
  const { user, mailbox } = boxOf(tenant.state, String(given.Identity))
  const foreign = onPremises.find(name => given[name] !== undefined)
  if (user.onPremisesSyncEnabled && foreign !== undefined) throw synced('Set-Mailbox', foreign, user.displayName)
  const before = JSON.stringify(mailbox)
  if (given.Type !== undefined) {
    const type = types[String(given.Type)]
    if (type === undefined) {
      throw new ExchangeFailure(400, 'ParameterBindingException', `Cannot bind parameter 'Type'.`, 'message')
    }
    if (type === 'UserMailbox' && user.licenseAssignmentStates.length === 0) {
      const what = `The mailbox "${user.displayName}" has no licence for a user mailbox.`
      throw new ExchangeFailure(400, 'RecipientTaskException', what, 'inner')
    }
    tenant.convert(mailbox, type)
  }
  if (typeof given.HiddenFromAddressListsEnabled === 'boolean') mailbox.hidden = given.HiddenFromAddressListsEnabled
  if (given.ForwardingAddress !== undefined) mailbox.forwardingAddress = asText(given.ForwardingAddress)
  if (given.ForwardingSmtpAddress !== undefined) {
    const address = asText(given.ForwardingSmtpAddress)
    mailbox.forwardingSmtpAddress = address === null ? null : `smtp:${address.replace(/^smtp:/i, '')}`
  }
  if (given.GrantSendOnBehalfTo !== undefined) {
    mailbox.onBehalf = tabled(tenant, mailbox.onBehalf, given.GrantSendOnBehalfTo)
  }
  if (typeof given.DeliverToMailboxAndForward === 'boolean') mailbox.keepsCopy = given.DeliverToMailboxAndForward
  return { value: [], ...warned(before, JSON.stringify(mailbox), user.displayName) }
}

export function changeProtocols(tenant: Tenant, given: Given): Answer {
  const { user, mailbox } = boxOf(tenant.state, String(given.Identity))
  const before = JSON.stringify(mailbox)
  for (const name of Object.keys(mailbox.protocols)) {
    const value = given[name]
    if (typeof value === 'boolean' || value === null) mailbox.protocols[name] = value
  }
  return { value: [], ...warned(before, JSON.stringify(mailbox), user.displayName) }
}

function warned(before: string, after: string, name: string): { warnings?: string[] } {
  if (before !== after) return {}
  return { warnings: [`The command completed successfully but no settings of '${name}' have been modified.`] }
}

function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
