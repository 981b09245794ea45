/** What one mailbox keeps, as plain data. */

export type MailboxType = 'UserMailbox' | 'SharedMailbox' | 'RoomMailbox' | 'EquipmentMailbox'

export interface InboxRule {
  id: string
  displayName: string
  isEnabled: boolean
  isReadOnly: boolean
  /** Addresses. */
  forwardTo: string[]
}

export interface MobilePartner {
  guid: string
  name: string
  system: string
  wipeRequestedAt: string | null
}

export interface SimulatedMailbox {
  /** The id of its account. */
  user: string
  type: MailboxType
  /** A conversion that was accepted, and when it takes effect (milliseconds since 1970). */
  converting: { type: MailboxType; at: number } | null
  hidden: boolean
  /** The name of a recipient. */
  forwardingAddress: string | null
  forwardingSmtpAddress: string | null
  keepsCopy: boolean
  bytes: number
  archive: boolean
  litigationHold: boolean
  inPlaceHolds: string[]
  /** Log-in names. */
  fullAccess: string[]
  sendAs: string[]
  /** Ids of accounts. */
  onBehalf: string[]
  protocols: Record<string, boolean | null>
  partners: MobilePartner[]
  rules: InboxRule[]
}

/** Somebody outside who is in the address list. */
export interface MailContact {
  guid: string
  name: string
  external: string
}
