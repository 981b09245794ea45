import type { Tenant } from '../tenant.ts'
import type { Meeting } from '../tenant-state.ts'
import { changeMailbox, changeProtocols } from './change-mailbox.ts'
import type { CmdletName } from './cmdlet-list.ts'
import type { Answer, Command } from './command.ts'
import { ExchangeFailure, nobody } from './exchange-failure.ts'
import { chosenBoxes, cutAt, ofFilter, text } from './given.ts'
import { listCommands } from './list-commands.ts'
import { permissionCommands } from './permission-commands.ts'
import { boxOf, contactView, lists, listView, mailboxView, recipientView } from './recipients.ts'

const nothing: Answer = { value: [] }

export const commands: Record<CmdletName, Command> = {
  'Get-AcceptedDomain': tenant => ({ value: [{ DomainName: tenant.state.domain, Default: true }] }),
  'Get-OrganizationConfig': tenant => ({
    value: [
      {
        DisplayName: tenant.state.displayName,
        InPlaceHolds: tenant.quirks.has('wideHoldsHidden') ? null : tenant.state.organizationHolds,
      },
    ],
  }),
  'Get-Mailbox'(tenant, given) {
    const state = tenant.seen()
    const unknown = { ArchiveStatus: null, ArchiveGuid: null, LitigationHoldEnabled: null, InPlaceHolds: null }
    const views = chosenBoxes(tenant, state, given).map(box => mailboxView(state, box))
    return cutAt(
      tenant,
      given,
      views.map(view => (tenant.quirks.has('holdsHidden') ? { ...view, ...unknown } : view)),
    )
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
    if (given.Filter !== undefined) return cutAt(tenant, given, membershipsOf(tenant, text(given.Filter)))
    const identity = text(given.Identity)
    const contact = state.mailContacts.find(one => one.name === identity || one.guid === identity)
    if (contact !== undefined) return { value: [contactView(state, contact)] }
    return { value: [recipientView(state, boxOf(state, identity))] }
  },
  'Remove-CalendarEvents'(tenant, given) {
    const { user } = boxOf(tenant.state, text(given.Identity))
    const days = Number(given.QueryWindowInDays)
    if (days > 1825) throw new ExchangeFailure(400, 'ArgumentException', 'The window is too long.', 'details')
    const end = tenant.deps.now().getTime() + days * 86_400_000
    const isMeant = ({ organizer, attendees, start }: Meeting) =>
      organizer === user.id && attendees.length > 0 && Date.parse(start) <= end
    if (given.CancelOrganizedMeetings === true && given.PreviewOnly !== true) {
      tenant.state.meetings = tenant.state.meetings.filter(one => !isMeant(one))
    }
    // Its reference: the output says so also where it was a preview.
    return { value: [], warnings: ['The existing meetings were queued for cancellation.'] }
  },
  ...listCommands,
  ...permissionCommands,
}

/** `Members -eq 'CN=…'`: of a filter, only what finds the lists that somebody is in. */
function membershipsOf(tenant: Tenant, filter: string): object[] {
  const state = tenant.seen()
  const user = ofFilter(tenant, 'Members', filter)
  if (user === undefined) return []
  return lists(state)
    .filter(({ members }) => members.includes(user.id))
    .map(list => listView(state, list))
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
