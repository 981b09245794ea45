import type { Part } from '../../../core/parts.ts'
import type { AppRole, GivenConsent } from '../access.ts'
import type { TeamsNumber } from '../numbers.ts'
import type { Reply } from '../reply.ts'
import type { Licences } from './licences.ts'

/** All that somebody may use, in parts that may be missing. */
export interface Held {
  appRoles: Part<AppRole[]>
  consents: Part<GivenConsent[]>
  numbers: Part<TeamsNumber[]>
  licences: Part<Licences>
  /** What ties the account to one in Active Directory; null: nothing, or the account is synced, and it has to. */
  immutableId: string | null
  synced: boolean
  /** Undefined where no automatic reply is wanted. */
  reply: Part<Reply> | undefined
}
