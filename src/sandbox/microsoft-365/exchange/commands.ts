import type { Tenant } from '../tenant.ts'
import { changeMailbox, changeProtocols } from './change-mailbox.ts'
import type { CmdletName } from './cmdlet-list.ts'
import type { Answer, Command, Given } from './command.ts'
import { ExchangeFailure, nobody, synced } from './exchange-failure.ts'
import { boxOf, contactView, dnOf, listOf, lists, listView, mailboxView, recipientView, userOf } from './recipients.ts'

const nothing: Answer = { value: [] }

export const commands: Record<CmdletName, Command> = {
  'Get-AcceptedDomain': tenant => ({ value: [{ DomainName: tenant.state.domain, Default: true }] }),
  'Get-OrganizationConfig': tenant => ({
    value: [{ DisplayName: tenant.state.displayName, InPlaceHolds: tenant.state.organizationHolds }],
  }),
  'Get-Mailbox'(tenant, given) {
    const state = tenant.seen()
    const view = mailboxView(state, boxOf(state, text(given.Identity)))
    const unknown = { ArchiveStatus: null, ArchiveGuid: null, LitigationHoldEnabled: null, InPlaceHolds: null }
    return { value: [tenant.quirks.has('holdsHidden') ? { ...view, ...unknown } : view] }
  },
  'Set-Mailbox': changeMailbox,
  'Get-MailboxStatistics'(tenant, given) {
    const { mailbox } = boxOf(tenant.seen(), text(given.Identity))
    const bytes = mailbox.bytes
    const shown = `${(bytes / 1024 ** 3).toPrecision(4)} GB (${bytes.toLocaleString('en-US')} bytes)`
    return { value: [{ ItemCount: 4711, TotalItemSize: shown }] }
  },
  'Get-CASMailbox'(tenant, given) {
    const { user, mailbox } = boxOf(tenant.seen(), text(given.Identity))
    return { value: [{ ExternalDirectoryObjectId: user.id, ...mailbox.protocols }] }
  },
  'Set-CASMailbox': changeProtocols,
  'Get-MobileDeviceStatistics'(tenant, given) {
    const { user, mailbox } = boxOf(tenant.seen(), text(given.Mailbox))
    const value = mailbox.partners.map(({ guid, name, system, wipeRequestedAt }) => ({
      Identity: partnerIdentity(user.displayName, guid),
      DeviceFriendlyName: name,
      DeviceOS: system,
      LastSuccessSync: '2026-11-21T18:55:00Z',
      Status: wipeRequestedAt === null ? 'DeviceOk' : 'AccountOnlyDeviceWipePending',
      DeviceWipeRequestTime: wipeRequestedAt,
    }))
    return { value }
  },
  'Remove-MobileDevice'(tenant, given) {
    const { mailbox, partner } = partnerOf(tenant, text(given.Identity))
    mailbox.partners = mailbox.partners.filter(one => one !== partner)
    return nothing
  },
  'Clear-MobileDevice'(tenant, given) {
    const { partner } = partnerOf(tenant, text(given.Identity))
    partner.wipeRequestedAt = tenant.stamp()
    return nothing
  },
  'Get-Recipient'(tenant, given) {
    const state = tenant.seen()
    if (given.Filter !== undefined) return { value: membershipsOf(tenant, text(given.Filter)) }
    const identity = text(given.Identity)
    const contact = state.mailContacts.find(one => one.name === identity || one.guid === identity)
    if (contact !== undefined) return { value: [contactView(state, contact)] }
    return { value: [recipientView(state, boxOf(state, identity))] }
  },
  'Add-DistributionGroupMember'(tenant, given) {
    const list = changeable(tenant, given, 'Add-DistributionGroupMember')
    const { id, displayName } = memberOf(tenant, given)
    if (list.members.includes(id)) {
      const what = `The recipient "${displayName}" is already a member of the group "${list.displayName}".`
      throw new ExchangeFailure(400, 'MemberAlreadyExistsException', what, 'details')
    }
    list.members.push(id)
    return nothing
  },
  'Remove-DistributionGroupMember'(tenant, given) {
    const list = changeable(tenant, given, 'Remove-DistributionGroupMember')
    const { id, displayName } = memberOf(tenant, given)
    if (!list.members.includes(id)) {
      const what = `The recipient "${displayName}" isn't a member of the group "${list.displayName}".`
      throw new ExchangeFailure(400, 'MemberNotFoundException', what, 'details')
    }
    list.members = list.members.filter(one => one !== id)
    return nothing
  },
  'Get-MailboxPermission'(tenant, given) {
    const { mailbox } = boxOf(tenant.seen(), text(given.Identity))
    const wanted = given.User === undefined ? undefined : trusteeOf(tenant, given.User)
    const value = mailbox.fullAccess
      .filter(user => wanted === undefined || user === wanted)
      .map(user => ({ User: user, AccessRights: ['FullAccess'], Deny: false, IsInherited: false }))
    return { value }
  },
  'Add-MailboxPermission'(tenant, given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.User)
    if (mailbox.fullAccess.includes(who)) {
      return {
        value: [],
        warnings: [`The appropriate access control entry is already present on the object for ${who}.`],
      }
    }
    mailbox.fullAccess.push(who)
    return { value: [{ User: who, AccessRights: ['FullAccess'] }] }
  },
  'Remove-MailboxPermission'(tenant, given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.User)
    if (!mailbox.fullAccess.includes(who)) {
      return { value: [], warnings: [`Can't remove the access control entry on the object for ${who}.`] }
    }
    mailbox.fullAccess = mailbox.fullAccess.filter(one => one !== who)
    return nothing
  },
  'Get-RecipientPermission'(tenant, given) {
    const { mailbox } = boxOf(tenant.seen(), text(given.Identity))
    const wanted = given.Trustee === undefined ? undefined : trusteeOf(tenant, given.Trustee)
    const value = mailbox.sendAs
      .filter(who => wanted === undefined || who === wanted)
      .map(Trustee => ({ Trustee, AccessRights: ['SendAs'], AccessControlType: 'Allow', IsInherited: false }))
    return { value }
  },
  'Add-RecipientPermission'(tenant, given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.Trustee)
    if (!mailbox.sendAs.includes(who)) mailbox.sendAs.push(who)
    return nothing
  },
  'Remove-RecipientPermission'(tenant, given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.Trustee)
    mailbox.sendAs = mailbox.sendAs.filter(one => one !== who)
    return nothing
  },
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** `Members -eq 'CN=…'`: of a filter, only what finds the lists that somebody is in. */
function membershipsOf(tenant: Tenant, filter: string): object[] {
  const state = tenant.seen()
  const [, dn] = /^Members -eq '((?:[^']|'')*)'$/.exec(filter) ?? []
  if (dn === undefined) {
    throw new ExchangeFailure(400, 'ArgumentException', `Cannot bind parameter 'Filter': "${filter}".`, 'message')
  }
  const plain = dn.replaceAll("''", "'")
  const user = state.users.find(one => dnOf(state, one.displayName) === plain)
  if (user === undefined) return []
  return lists(state)
    .filter(({ members }) => members.includes(user.id))
    .map(list => listView(state, list))
}

function changeable(tenant: Tenant, given: Given, cmdlet: string) {
  const list = listOf(tenant.state, text(given.Identity))
  if (list.onPremisesSyncEnabled) throw synced(cmdlet, 'Member', list.displayName)
  if (given.BypassSecurityGroupManagerCheck !== true) {
    throw new ExchangeFailure(
      403,
      'OperationRequiresGroupManagerException',
      "You don't have sufficient permissions. This operation can only be performed by a manager of the group.",
      'inner',
    )
  }
  return list
}

function memberOf(tenant: Tenant, given: Given) {
  const user = userOf(tenant.state, text(given.Member))
  if (user === undefined) throw nobody(text(given.Member))
  return user
}

function trusteeOf(tenant: Tenant, value: unknown): string {
  const user = userOf(tenant.state, text(value))
  if (user === undefined) throw nobody(text(value))
  return user.userPrincipalName
}

function partnerIdentity(owner: string, guid: string): string {
  return `${owner}\\ExchangeActiveSyncDevices\\Hx§Outlook§${guid}`
}

function partnerOf(tenant: Tenant, identity: string) {
  for (const mailbox of tenant.state.mailboxes) {
    const owner = tenant.state.users.find(({ id }) => id === mailbox.user)?.displayName ?? ''
    const partner = mailbox.partners.find(({ guid }) => partnerIdentity(owner, guid) === identity)
    if (partner !== undefined) return { mailbox, partner }
  }
  throw nobody(identity)
}
