/** What an offboarding wants to hold for one account, in the order in which it is brought about. */
export const accountGoalKinds = [
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
  'groups-left',
  'others-mailboxes-left',
  'mail-kept-in',
  'meetings-cancelled',
  'mailbox-shared',
  'access-freed',
  'data-handed-over',
  'successor-let-in',
  'licences-freed',
  'devices-released',
  'deleted',
] as const

export type AccountGoalKind = (typeof accountGoalKinds)[number]

/** The four moves of an offboarding over all systems: nothing is taken away before the person is kept out everywhere. */
export const phases = ['keep out', 'take away', 'devices', 'delete'] as const

export type Phase = (typeof phases)[number]

const keepingOut: ReadonlySet<AccountGoalKind> = new Set([
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
])

export function phaseOf(kind: AccountGoalKind | undefined): Phase {
  if (kind === undefined || keepingOut.has(kind)) return 'keep out'
  if (kind === 'deleted') return 'delete'
  return kind === 'devices-released' ? 'devices' : 'take away'
}

/** What happens to the devices of a leaver: `--devices`. */
export const deviceFates = ['release', 'lock', 'erase'] as const

export type DeviceFate = (typeof deviceFates)[number]

/** The four steps of an offboarding; a system belongs to one. */
export const offboardingSteps = ['directory', 'infrastructure', 'applications', 'devices'] as const

export type OffboardingStep = (typeof offboardingSteps)[number]

/** What a system can do about one goal of an offboarding: data, readable without credentials. */
export interface AccountGoalAbout {
  kind: AccountGoalKind
  /**
   * `reached`: k1ctl brings it about and reads it back. `unobservable`: brought about, and nobody can read it back.
   * `by-hand`: a person does it. `not-here`: this system has no such thing, or no API for it.
   */
  how: 'reached' | 'unobservable' | 'by-hand' | 'not-here'
  /** What access may remain, or why it cannot be done; a sentence. */
  note?: string
}
