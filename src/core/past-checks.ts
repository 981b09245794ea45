/**
 * What was found on one day, a letter for each module and feature: small enough to keep a year of a thousand tenants.
 * What was looked at twice on a day stands as it was found last.
 */
export interface CheckedDay {
  /** ISO date, UTC. */
  day: string
  /** `bms/log-in`, in the order of the letters. */
  columns: readonly string[]
  /** Tenants with a letter for each column; `.` where nothing was wanted or looked at. */
  tenants: readonly (readonly [tenant: string, letters: string])[]
}

/** What past checks found, kept beside the runs. */
export interface PastChecks {
  readonly path: string
  /** In the order of their days. @throws K1Error `storage` */
  days(): Promise<CheckedDay[]>
  /** Replaces all days by what `change` makes of them, while nobody else does. @throws K1Error `storage`, `busy` */
  change(change: (days: readonly CheckedDay[]) => readonly CheckedDay[]): Promise<void>
}
