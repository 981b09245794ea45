import { z } from 'zod'
import { K1Error } from '../../../core/errors.ts'
import { once } from '../../../core/once.ts'
import { partOf } from '../../../core/parts.ts'
import type { Parameters } from './cmdlets.ts'
import { createDelegation, type Delegation } from './delegation.ts'
import { orNobody } from './exchange-error.ts'
import type { Invoke } from './invoke.ts'
import { createLists, type Lists } from './lists.ts'
import { type CasMailbox, casSchema, type Mailbox, mailboxSchema, readMailbox } from './mailbox.ts'
import { type MobileDevice, mobileSchema, readMobile } from './mobile-device.ts'
import { type Recipient, readRecipient, recipientSchema } from './recipient.ts'

/** Absent is not none: an organization without a hold shows an empty list. */
const organizationSchema = z.object({ InPlaceHolds: z.array(z.string()) })

const sizeSchema = z.object({ TotalItemSize: z.union([z.string(), z.object({ Value: z.string() })]) })

/** What can be asked of Exchange Online, and what can be changed there: one function a cmdlet. */
export interface Exchange extends Lists, Delegation {
  /** Null: there is no mailbox. @param id of the account */
  mailbox(id: string): Promise<Mailbox | null>
  /** Bytes. */
  size(mailbox: Mailbox): Promise<number>
  setMailbox(mailbox: Mailbox, change: Omit<Parameters<'Set-Mailbox'>, 'Identity'>): Promise<void>
  protocols(mailbox: Mailbox): Promise<CasMailbox>
  setProtocols(mailbox: Mailbox, change: Omit<Parameters<'Set-CASMailbox'>, 'Identity'>): Promise<void>
  mobileDevices(mailbox: Mailbox): Promise<MobileDevice[]>
  removeMobileDevice(mailbox: Mailbox, identity: string): Promise<void>
  /** Removes the company's mail and account from it, and nothing else. */
  clearMobileDevice(mailbox: Mailbox, identity: string): Promise<void>
  /** Meetings with other people in them, that begin from today on within so many days. */
  cancelMeetings(mailbox: Mailbox, days: number): Promise<void>
  /** Null: there is none. @param identity an id, an address or a name */
  recipient(identity: string): Promise<Recipient | null>
}

export function createExchange(invoke: Invoke): Exchange {
  const at = ({ address }: Mailbox) => ({ mailbox: address })
  const asked = { Confirm: false } as const

  /** Those over all mailboxes. */
  const wideHolds = once(async () => {
    const [found] = await invoke.read('Get-OrganizationConfig', {}, organizationSchema)
    if (found === undefined) throw new K1Error('contract', 'Exchange Online showed nothing of the organization.')
    return found.InPlaceHolds.filter(hold => hold.startsWith('mbx'))
  })

  async function recipient(identity: string): Promise<Recipient | null> {
    const [found] = await orNobody(invoke.read('Get-Recipient', { Identity: identity }, recipientSchema))
    return found === undefined ? null : readRecipient(found)
  }

  /** A second, different cmdlet has to say so, too: licences go where there is no mailbox. */
  async function noMailbox(id: string): Promise<null> {
    const other = await recipient(id)
    if (other === null || !other.type.endsWith('Mailbox')) return null
    throw new K1Error('contract', `Exchange Online knows of the mailbox ${other.address}, and does not show it.`)
  }

  return {
    ...createLists(invoke),
    ...createDelegation(invoke),
    recipient,
    async mailbox(id) {
      const [all, holds] = await Promise.all([
        orNobody(invoke.read('Get-Mailbox', { Identity: id }, mailboxSchema)),
        partOf(wideHolds()),
      ])
      if (all.length === 0) return noMailbox(id)
      // A Get- cmdlet whose identity is nobody may list everybody (its reference warns of it).
      const found = all.find(one => one.ExternalDirectoryObjectId.toLowerCase() === id.toLowerCase())
      if (found === undefined) {
        throw new K1Error('contract', 'Exchange Online showed the mailbox of somebody else.', {
          facts: { cmdlet: 'Get-Mailbox', field: 'ExternalDirectoryObjectId' },
        })
      }
      const mailbox = readMailbox(found)
      // A hold over all mailboxes shows at none of them.
      const held = isHeldWith(holds.value, found.InPlaceHolds ?? [])
      return mailbox.held === false ? { ...mailbox, held } : mailbox
    },
    async size(mailbox) {
      const [found] = await invoke.read('Get-MailboxStatistics', { Identity: mailbox.id }, sizeSchema, at(mailbox))
      return bytesOf(found?.TotalItemSize)
    },
    async setMailbox(mailbox, change) {
      await invoke.change('Set-Mailbox', { Identity: mailbox.id, ...change }, mailbox.address)
    },
    async protocols(mailbox) {
      const [found] = await invoke.read('Get-CASMailbox', { Identity: mailbox.id }, casSchema, at(mailbox))
      if (found === undefined) throw new K1Error('contract', 'Exchange Online showed no protocols of the mailbox.')
      return found
    },
    async setProtocols(mailbox, change) {
      await invoke.change('Set-CASMailbox', { Identity: mailbox.id, ...change }, mailbox.address)
    },
    async mobileDevices(mailbox) {
      const found = await invoke.read('Get-MobileDeviceStatistics', { Mailbox: mailbox.id }, mobileSchema, at(mailbox))
      return found.map(readMobile)
    },
    async removeMobileDevice({ address }, Identity) {
      await orNobody(invoke.change('Remove-MobileDevice', { Identity, ...asked }, address))
    },
    async clearMobileDevice({ address }, Identity) {
      await invoke.change('Clear-MobileDevice', { Identity, AccountOnly: true, ...asked }, address)
    },
    async cancelMeetings({ id, address }, QueryWindowInDays) {
      const parameters = { Identity: id, CancelOrganizedMeetings: true, QueryWindowInDays, ...asked }
      await invoke.change('Remove-CalendarEvents', parameters, address)
    },
  }
}

/**
 * One that leaves a mailbox out is named there with a minus; undefined where they were not shown
 * (learn.microsoft.com/purview/ediscovery-identify-a-hold-on-an-exchange-online-mailbox).
 */
function isHeldWith(wide: readonly string[] | undefined, own: readonly string[]): boolean | undefined {
  const idOf = (hold: string) => hold.split(':')[0] ?? hold
  return wide?.some(hold => !own.some(one => idOf(one) === `-${idOf(hold)}`))
}

/** Of `61.3 GB (65,820,467,200 bytes)`. NaN where it is not said. */
function bytesOf(size: z.infer<typeof sizeSchema>['TotalItemSize'] | undefined): number {
  const text = typeof size === 'object' ? size.Value : (size ?? '')
  const [, bytes] = /\(([\d.,\s\u00a0]+) bytes\)/i.exec(text) ?? []
  return bytes === undefined ? Number.NaN : Number(bytes.replace(/\D/g, ''))
}
