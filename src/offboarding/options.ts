import type { AccountGoalOptions } from '../core/account.ts'
import type { DeviceFate } from '../core/account-kinds.ts'

/** What an operator asks of an offboarding, besides the people. Plain JSON: it is kept in the ledger. */
export interface OffboardOptions {
  /** Also delete accounts, at the end. */
  delete: boolean
  /** E-mail of whoever gets the data; or `manager`: whoever is theirs. */
  successor: string | null
  reason: string | null
  ticket: string | null
  /** The tenant in whose BMS the ticket gets a note of how it ended. */
  noteIn?: string
  /** Systems to keep to, and systems to leave out; ids like `graphus` or `scim:zoom`, or `scim` for all of a kind. */
  only: readonly string[]
  except: readonly string[]
  /** What happens to their devices. */
  devices: DeviceFate
  /** Take away also where a sign-in could not be blocked. */
  restAnyway?: boolean
  /** Call off the meetings that they organised. */
  cancelMeetings?: boolean
  /** Block also who may be the last administrator, where that cannot be read. */
  blockAnyway?: boolean
  /** How long to wait for a system that follows another, in milliseconds. */
  waitMs: number
}

/** Instead of an e-mail: whoever is named as their manager. */
export const theirManager = 'manager'

/** What of it the goals of one account are asked for. A manager who was not found by now is nobody. */
export function askedOf(
  options: OffboardOptions,
): Pick<AccountGoalOptions, 'delete' | 'waitMs' | 'devices' | 'successor' | 'cancelMeetings'> {
  const { successor, waitMs, devices, cancelMeetings } = options
  return {
    delete: options.delete,
    waitMs,
    devices,
    ...(successor === null || successor === theirManager ? {} : { successor }),
    ...(cancelMeetings ? { cancelMeetings: true } : {}),
  }
}

export interface Limits {
  /** People a run, without being asked to confirm the number. Disabling counts as much as deleting. */
  most: number
  /** Percent of a system's accounts. */
  mostShare: number
}

/** Is this system part of the offboarding? */
export function includes(options: Pick<OffboardOptions, 'only' | 'except'>, system: string): boolean {
  const named = (list: readonly string[]) => list.some(id => id === system || system.startsWith(`${id}:`))
  return (options.only.length === 0 || named(options.only)) && !named(options.except)
}

/** What a way back is built with: nothing is deleted, locked or erased on it. */
export const wayBackOptions: OffboardOptions = {
  delete: false,
  successor: null,
  reason: null,
  ticket: null,
  only: [],
  except: [],
  devices: 'release',
  waitMs: 60_000,
}
