import type { Moment } from '../../core/moment.ts'
import { type Reading, seenBelow } from '../../core/reading.ts'
import type { Administrators } from './administrators.ts'
import type { DeviceClient } from './device-client.ts'
import type { GroupClient } from './group-client.ts'
import type { HeldLicences } from './held-licences.ts'
import type { LicenceClient } from './licence-client.ts'
import type { Memberships } from './memberships.ts'
import type { Chromebook, GoogleUser, Phone } from './schemas.ts'
import type { GoogleSettings } from './settings.ts'
import type { TransferClient } from './transfer-client.ts'
import type { UserClient } from './user-client.ts'
import type { UserReader } from './user-reader.ts'

export interface GoogleClients {
  users: UserClient
  groups: GroupClient
  devices: DeviceClient
  transfers: TransferClient
  licences: LicenceClient
}

/** All that the goals of one session stand on. What many people share is read once a session. */
export interface GoalGround extends GoogleClients {
  settings: GoogleSettings
  reader: UserReader
  administrators: Administrators
  heldLicences: HeldLicences
  memberships: Memberships
  /** The customer's own id: newer calls do not promise to take `my_customer`. */
  customerId(): Promise<string>
  /** By id. */
  roleNames(): Promise<ReadonlyMap<string, string>>
  /** Ids of the applications whose data this customer can move. */
  applications(): Promise<ReadonlySet<string>>
  /** What a search found, by user id: it is up to 36 hours old, so it is made once, and each device is asked from then on. */
  seenPhones: Map<string, readonly Phone[]>
  seenChromebooks: Map<string, readonly Chromebook[]>
}

/** Whose account a goal is about, as it was when it was found. */
export interface Holder {
  id: string
  email: string
  wasSuperAdmin: boolean
}

/** Google's lists and fields follow changes after a moment, users after up to 25 seconds. */
export const settlingMs = 30_000

export const adminConsole = 'the Admin console'

/** The user of this moment; null when there is none any more. */
export function userIn(moment: Moment, { reader }: GoalGround, { id }: Holder): Promise<GoogleUser | null> {
  return moment.read('user', () => reader.byId(id))
}

/** A reading below the user, where there is one. */
export function readAtUser<R>(
  ground: GoalGround,
  subject: Holder,
  moment: Moment,
  read: (user: GoogleUser) => Promise<R> | R,
): Promise<Reading<R>> {
  return seenBelow(userIn(moment, ground, subject), read)
}

/** Asked right before a change, where it can matter: then in turn with all others. */
export function guardOf(
  { administrators, settings }: GoalGround,
  { id, email, wasSuperAdmin }: Holder,
  user: GoogleUser | undefined,
): (() => Promise<string | undefined>) | undefined {
  const isActing = email.toLowerCase() === settings.adminEmail.toLowerCase()
  const mayMatter = user === undefined ? wasSuperAdmin || isActing : administrators.mayMatter(user)
  if (!mayMatter) return undefined
  return async () => {
    const why = await (user === undefined ? administrators.untouchableUnseen(id) : administrators.untouchable(user))
    return why === undefined ? undefined : `${user?.primaryEmail ?? email} in Google Workspace is not touched: ${why}.`
  }
}
