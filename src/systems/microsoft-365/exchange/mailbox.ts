import { z } from 'zod'

/** What is used of a mailbox. What Exchange does not say is unknown, and never taken for no. */
export const mailboxSchema = z.object({
  ExternalDirectoryObjectId: z.string().min(1),
  DistinguishedName: z.string().min(1),
  PrimarySmtpAddress: z.string().min(1),
  RecipientTypeDetails: z.string().min(1),
  HiddenFromAddressListsEnabled: z.boolean(),
  // Null where there is none; absent where it is not shown.
  ForwardingAddress: z.string().nullish(),
  ForwardingSmtpAddress: z.string().nullish(),
  DeliverToMailboxAndForward: z.boolean().nullish(),
  ArchiveStatus: z.string().nullish(),
  ArchiveGuid: z.string().nullish(),
  LitigationHoldEnabled: z.boolean().nullish(),
  InPlaceHolds: z.array(z.string()).nullish(),
  IsDirSynced: z.boolean().nullish(),
})

export interface Mailbox {
  /** Of the account, in Entra. */
  id: string
  dn: string
  address: string
  /** `UserMailbox`, `SharedMailbox`, `RoomMailbox` … */
  type: string
  hidden: boolean
  /** A recipient of this organization, by its name; it may be a contact outside. */
  forwardsTo: string | null
  /** An address without `smtp:`. */
  forwardsOut: string | null
  /** False: where it sends mail on to is not known, and both of these say nothing. */
  showsForwarding: boolean
  keepsCopy: boolean
  /** Undefined: not shown. */
  archive: boolean | undefined
  held: boolean | undefined
  /** The rest of it is kept in Active Directory. */
  synced: boolean
}

const noArchive = '00000000-0000-0000-0000-000000000000'

export function readMailbox(one: z.infer<typeof mailboxSchema>): Mailbox {
  const { ArchiveStatus: status, ArchiveGuid: guid, LitigationHoldEnabled: litigation, InPlaceHolds: holds } = one
  const isHeld = litigation === true || (holds ?? []).some(hold => !hold.startsWith('-'))
  return {
    id: one.ExternalDirectoryObjectId,
    dn: one.DistinguishedName,
    address: one.PrimarySmtpAddress,
    type: one.RecipientTypeDetails,
    hidden: one.HiddenFromAddressListsEnabled,
    forwardsTo: one.ForwardingAddress || null,
    forwardsOut: one.ForwardingSmtpAddress?.replace(/^smtp:/i, '') || null,
    showsForwarding: one.ForwardingAddress !== undefined && one.ForwardingSmtpAddress !== undefined,
    keepsCopy: one.DeliverToMailboxAndForward === true,
    archive: status ? status !== 'None' : guid ? guid !== noArchive : undefined,
    held: isHeld ? true : typeof litigation === 'boolean' && holds ? false : undefined,
    synced: one.IsDirSynced === true,
  }
}

/** `UserMailbox`: it belongs to a person, and goes with their licence. */
export function isPersonalMailbox({ type }: Mailbox): boolean {
  return type === 'UserMailbox'
}

/** Ways in for mail programs and phones, by the names that Exchange gives and takes. */
export const casSchema = z.object({
  ActiveSyncEnabled: z.boolean(),
  ImapEnabled: z.boolean(),
  OWAforDevicesEnabled: z.boolean(),
  PopEnabled: z.boolean(),
  /** Null: as the organization has it. */
  SmtpClientAuthenticationDisabled: z.boolean().nullish(),
})

export type CasMailbox = z.infer<typeof casSchema>
