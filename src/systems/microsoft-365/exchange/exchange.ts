import { z } from 'zod'
import { K1Error } from '../../../core/errors.ts'
import { once } from '../../../core/once.ts'
import { partOf } from '../../../core/parts.ts'
import type { Parameters } from './cmdlets.ts'
import { isDoneAlready, isNobody } from './exchange-error.ts'
import type { Invoke } from './invoke.ts'
import { type CasMailbox, casSchema, type Mailbox, mailboxSchema, readMailbox } from './mailbox.ts'
import { type MobileDevice, mobileSchema, readMobile } from './mobile-device.ts'

/** Somebody or something that mail can be sent to. */
export interface Recipient {
  /** The id in Entra; empty for what is known to Exchange only (a contact). */
  id: string
  guid: string
  /** Distinguished name: what filters take. */
  dn: string
  name: string
  address: string
  /** `UserMailbox`, `MailContact`, `MailUniversalDistributionGroup` … */
  type: string
  /** Where mail to a contact goes. */
  external: string | null
  synced: boolean
}

const recipientSchema = z.object({
  ExternalDirectoryObjectId: z.string().nullish(),
  Guid: z.string(),
  DistinguishedName: z.string(),
  DisplayName: z.string().nullish(),
  PrimarySmtpAddress: z.string().nullish(),
  RecipientTypeDetails: z.string(),
  ExternalEmailAddress: z.string().nullish(),
  IsDirSynced: z.boolean().nullish(),
})

const permissionSchema = z.object({
  AccessRights: z.array(z.string()),
  Deny: z.union([z.boolean(), z.string()]).nullish(),
  IsInherited: z.boolean().nullish(),
})

const sendAsSchema = z.object({ AccessRights: z.array(z.string()), AccessControlType: z.string().nullish() })

const organizationSchema = z.object({ InPlaceHolds: z.array(z.string()).nullish() })

const sizeSchema = z.object({ TotalItemSize: z.union([z.string(), z.object({ Value: z.string() })]) })

/** What can be asked of Exchange Online, and what can be changed there: one function a cmdlet. */
export interface Exchange {
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
  /** Null: there is none. @param identity an id, an address or a name */
  recipient(identity: string): Promise<Recipient | null>
  /** Distribution lists and mail-enabled security groups that somebody is a direct member of. @param dn theirs */
  listsOf(dn: string): Promise<Recipient[]>
  joinList(list: string, member: string): Promise<void>
  leaveList(list: string, member: string): Promise<void>
  /** Does that person open the mailbox? */
  hasFullAccess(mailbox: Mailbox, user: string): Promise<boolean>
  giveFullAccess(mailbox: Mailbox, user: string): Promise<void>
  takeFullAccess(mailbox: Mailbox, user: string): Promise<void>
  maySendAs(mailbox: Mailbox, user: string): Promise<boolean>
  giveSendAs(mailbox: Mailbox, user: string): Promise<void>
  takeSendAs(mailbox: Mailbox, user: string): Promise<void>
}

const listTypes = ['MailUniversalDistributionGroup', 'MailUniversalSecurityGroup'] as const

export function createExchange(invoke: Invoke): Exchange {
  const at = ({ address }: Mailbox) => ({ mailbox: address })

  async function orNobody<T>(read: Promise<T[]>): Promise<T[]> {
    try {
      return await read
    } catch (error) {
      if (isNobody(error)) return []
      throw error
    }
  }

  /** That it is done already is no failure. */
  async function done(change: Promise<unknown>): Promise<void> {
    try {
      await change
    } catch (error) {
      if (!isDoneAlready(error)) throw error
    }
  }

  const wideHolds = once(async () => {
    const [found] = await invoke.read('Get-OrganizationConfig', {}, organizationSchema)
    return (found?.InPlaceHolds ?? []).filter(hold => hold.startsWith('mbx'))
  })

  /**
   * One that leaves a mailbox out is named there with a minus; undefined where it was not shown
   * (learn.microsoft.com/purview/ediscovery-identify-a-hold-on-an-exchange-online-mailbox).
   */
  async function isHeldWithAll(own: readonly string[]): Promise<boolean | undefined> {
    const { value } = await partOf(wideHolds())
    const idOf = (hold: string) => hold.split(':')[0] ?? hold
    return value?.some(hold => !own.some(one => idOf(one) === `-${idOf(hold)}`))
  }

  const asked = { Confirm: false } as const
  const member = (Identity: string, Member: string) => ({
    Identity,
    Member,
    BypassSecurityGroupManagerCheck: true,
    ...asked,
  })
  const full = ({ id }: Mailbox, User: string) => ({
    Identity: id,
    User,
    AccessRights: ['FullAccess'],
    InheritanceType: 'All',
    ...asked,
  })
  const sendAs = ({ id }: Mailbox, Trustee: string) => ({ Identity: id, Trustee, AccessRights: ['SendAs'], ...asked })

  return {
    async mailbox(id) {
      const [found] = await orNobody(invoke.read('Get-Mailbox', { Identity: id }, mailboxSchema))
      if (found === undefined) return null
      const mailbox = readMailbox(found)
      // A hold over all mailboxes shows at none of them.
      return mailbox.held === false ? { ...mailbox, held: await isHeldWithAll(found.InPlaceHolds ?? []) } : mailbox
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
    async recipient(identity) {
      const [found] = await orNobody(invoke.read('Get-Recipient', { Identity: identity }, recipientSchema))
      return found === undefined ? null : readRecipient(found)
    },
    async listsOf(dn) {
      const parameters = {
        Filter: `Members -eq '${dn.replaceAll("'", "''")}'`,
        RecipientTypeDetails: listTypes,
        ResultSize: 'Unlimited',
      }
      return (await invoke.read('Get-Recipient', parameters, recipientSchema)).map(readRecipient)
    },
    joinList: (list, who) => done(invoke.change('Add-DistributionGroupMember', member(list, who))),
    leaveList: (list, who) => done(invoke.change('Remove-DistributionGroupMember', member(list, who))),
    async hasFullAccess(mailbox, user) {
      const parameters = { Identity: mailbox.id, User: user }
      const found = await invoke.read('Get-MailboxPermission', parameters, permissionSchema, at(mailbox))
      return found.some(one => one.AccessRights.includes('FullAccess') && String(one.Deny).toLowerCase() !== 'true')
    },
    async giveFullAccess(mailbox, user) {
      await invoke.change('Add-MailboxPermission', { ...full(mailbox, user), AutoMapping: true }, mailbox.address)
    },
    takeFullAccess: (mailbox, user) =>
      done(invoke.change('Remove-MailboxPermission', full(mailbox, user), mailbox.address)),
    async maySendAs(mailbox, user) {
      const parameters = { Identity: mailbox.id, Trustee: user }
      const found = await invoke.read('Get-RecipientPermission', parameters, sendAsSchema, at(mailbox))
      return found.some(one => one.AccessRights.includes('SendAs') && one.AccessControlType !== 'Deny')
    },
    async giveSendAs(mailbox, user) {
      await invoke.change('Add-RecipientPermission', sendAs(mailbox, user), mailbox.address)
    },
    takeSendAs: (mailbox, user) =>
      done(invoke.change('Remove-RecipientPermission', sendAs(mailbox, user), mailbox.address)),
  }
}

function readRecipient(one: z.infer<typeof recipientSchema>): Recipient {
  return {
    id: one.ExternalDirectoryObjectId ?? '',
    guid: one.Guid,
    dn: one.DistinguishedName,
    name: one.DisplayName || one.PrimarySmtpAddress || one.Guid,
    address: one.PrimarySmtpAddress ?? '',
    type: one.RecipientTypeDetails,
    external: one.ExternalEmailAddress?.replace(/^smtp:/i, '') || null,
    synced: one.IsDirSynced === true,
  }
}

/** Of `61.3 GB (65,820,467,200 bytes)`. NaN where it is not said. */
function bytesOf(size: z.infer<typeof sizeSchema>['TotalItemSize'] | undefined): number {
  const text = typeof size === 'object' ? size.Value : (size ?? '')
  const [, bytes] = /\(([\d.,\s\u00a0]+) bytes\)/i.exec(text) ?? []
  return bytes === undefined ? Number.NaN : Number(bytes.replace(/\D/g, ''))
}
