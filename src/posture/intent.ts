import type { FeatureKey } from '../core/features.ts'

/** What an operator asks of one module: the words of a command, before anything was looked up. */
export type Intent =
  | {
      kind: 'feature'
      feature: FeatureKey
      on: boolean
      /** E-mails or log-ins to except in the same change (Require Log In only). */
      exceptUsers?: readonly string[]
      /** Role names or ids to except in the same change (BMS only). */
      exceptRoles?: readonly string[]
      /** Those of the two lists that are given are all exceptions, and no longer on top of what is there. */
      exactly?: true
    }
  | {
      kind: 'exceptions'
      mode: 'add' | 'remove' | 'set'
      users: readonly string[]
      roles: readonly string[]
      /** The list that is set; the other one stays as it is. Absent: both. */
      only?: 'users' | 'roles'
    }
  /** By `DefaultField.key`: a name or an id. */
  | { kind: 'defaults'; values: Readonly<Record<string, string>> }
  | { kind: 'map'; group: string; roles: readonly string[] }
  | { kind: 'unmap'; group: string }

/** The feature that an intent is about. */
export function featureOf(intent: Intent): FeatureKey {
  switch (intent.kind) {
    case 'feature':
      return intent.feature
    case 'exceptions':
      return 'require-log-in'
    case 'defaults':
      return 'user-creation'
    default:
      return 'access-groups'
  }
}

/** Short name of the goal within its module: `require-log-in`, `require-log-in/exceptions`. */
export function goalName(intent: Intent): string {
  switch (intent.kind) {
    case 'feature':
      return intent.feature
    case 'exceptions':
      return 'require-log-in/exceptions'
    case 'defaults':
      return 'user-creation/defaults'
    default:
      return `access-groups/${intent.group}`
  }
}
