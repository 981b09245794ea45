import { z } from 'zod'
import { unlessDone } from './exchange-error.ts'
import type { Invoke } from './invoke.ts'
import type { Mailbox } from './mailbox.ts'
import { filterFor } from './recipient.ts'

/** Whose mailbox it is, by the id of the account, and its address. */
export type Box = Pick<Mailbox, 'id' | 'address'>

/** Who has a right to a mailbox, as Exchange writes it: mostly the log-in name. */
export interface Granted {
  user: string
  full: boolean
}

/** One word, or several in a list or in a text with commas. */
const rightsSchema = z.union([z.array(z.string()), z.string().transform(text => text.split(/,\s*/))])

const boxSchema = z.object({ ExternalDirectoryObjectId: z.string().nullish(), PrimarySmtpAddress: z.string().min(1) })

const permissionSchema = z.object({
  User: z.string().nullish(),
  AccessRights: rightsSchema,
  Deny: z.union([z.boolean(), z.string()]).nullish(),
  IsInherited: z.boolean().nullish(),
})

const sendAsSchema = z.object({
  AccessRights: rightsSchema,
  AccessControlType: z.string().nullish(),
})

const namedSchema = sendAsSchema.extend({ Identity: z.string().min(1) })

/** Who may open whose mailbox, and send from it. */
export interface Delegation {
  /** Does that person open the mailbox? */
  hasFullAccess(box: Box, user: string): Promise<boolean>
  giveFullAccess(box: Box, user: string): Promise<void>
  takeFullAccess(box: Box, user: string): Promise<void>
  maySendAs(box: Box, user: string): Promise<boolean>
  giveSendAs(box: Pick<Box, 'id'>, user: string): Promise<void>
  takeSendAs(box: Pick<Box, 'id'>, user: string): Promise<void>
  /** All mailboxes of people, teams, rooms and equipment. */
  mailboxes(): Promise<Box[]>
  /** Everybody who was let into it; nobody by inheritance. */
  grantedIn(box: Box): Promise<Granted[]>
  /** Whom somebody may send as, by the names that Exchange gives. */
  sendsAs(user: string): Promise<string[]>
  /** Whose mailboxes somebody may send on behalf of. @param dn theirs */
  sendsOnBehalfOf(dn: string): Promise<Box[]>
  giveSendOnBehalf(box: Box, user: string): Promise<void>
  takeSendOnBehalf(box: Box, user: string): Promise<void>
}

const boxTypes = ['UserMailbox', 'SharedMailbox', 'RoomMailbox', 'EquipmentMailbox'] as const

const asked = { Confirm: false } as const

export function createDelegation(invoke: Invoke): Delegation {
  const full = ({ id }: Box, User: string) => ({
    Identity: id,
    User,
    AccessRights: ['FullAccess'],
    InheritanceType: 'All',
    ...asked,
  })
  const sendAs = ({ id }: Pick<Box, 'id'>, Trustee: string) => ({
    Identity: id,
    Trustee,
    AccessRights: ['SendAs'],
    ...asked,
  })
  const setBehalf = ({ id, address }: Box, change: { add: string } | { remove: string }) =>
    unlessDone(
      invoke.change(
        'Set-Mailbox',
        { Identity: id, GrantSendOnBehalfTo: { '@odata.type': '#Exchange.GenericHashTable', ...change } },
        address,
      ),
    )
  const permissions = (box: Box, more: { User?: string } = {}) =>
    invoke.read('Get-MailboxPermission', { Identity: box.id, ...more }, permissionSchema, { mailbox: box.address })

  return {
    hasFullAccess: async (box, User) => (await permissions(box, { User })).some(isFull),
    async giveFullAccess(box, user) {
      await invoke.change('Add-MailboxPermission', { ...full(box, user), AutoMapping: true }, box.address)
    },
    takeFullAccess: (box, user) => unlessDone(invoke.change('Remove-MailboxPermission', full(box, user), box.address)),
    async maySendAs({ id, address }, Trustee) {
      const parameters = { Identity: id, Trustee }
      const found = await invoke.read('Get-RecipientPermission', parameters, sendAsSchema, { mailbox: address })
      return found.some(maySend)
    },
    async giveSendAs(box, user) {
      await invoke.change('Add-RecipientPermission', sendAs(box, user))
    },
    takeSendAs: (box, user) => unlessDone(invoke.change('Remove-RecipientPermission', sendAs(box, user))),
    async mailboxes() {
      const parameters = { RecipientTypeDetails: boxTypes, ResultSize: 'Unlimited' }
      return boxesIn(await invoke.read('Get-Mailbox', parameters, boxSchema))
    },
    async grantedIn(box) {
      const found = await permissions(box)
      return found.filter(one => one.IsInherited !== true).map(one => ({ user: one.User ?? '', full: isFull(one) }))
    },
    async sendsAs(Trustee) {
      const parameters = { Trustee, ResultSize: 'Unlimited' }
      const found = await invoke.read('Get-RecipientPermission', parameters, namedSchema)
      return found.filter(maySend).map(({ Identity }) => Identity)
    },
    async sendsOnBehalfOf(dn) {
      const parameters = { Filter: filterFor('GrantSendOnBehalfTo', dn), ResultSize: 'Unlimited' }
      return boxesIn(await invoke.read('Get-Mailbox', parameters, boxSchema))
    },
    giveSendOnBehalf: (box, user) => setBehalf(box, { add: user }),
    takeSendOnBehalf: (box, user) => setBehalf(box, { remove: user }),
  }
}

function isFull({ AccessRights, Deny }: z.infer<typeof permissionSchema>): boolean {
  return AccessRights.includes('FullAccess') && String(Deny).toLowerCase() !== 'true'
}

function maySend({ AccessRights, AccessControlType }: z.infer<typeof sendAsSchema>): boolean {
  return AccessRights.includes('SendAs') && AccessControlType !== 'Deny'
}

function boxesIn(found: readonly z.infer<typeof boxSchema>[]): Box[] {
  return found.map(one => ({
    id: one.ExternalDirectoryObjectId || one.PrimarySmtpAddress,
    address: one.PrimarySmtpAddress,
  }))
}
