/** Of one credential at one place: so many requests in any stretch of `perMs` milliseconds, whoever sends them. */
export interface LimitBucket {
  /** The same on every machine, and for a person to read; never a secret. */
  name: string
  requests: number
  perMs: number
}

/** A few places of a bucket, for this process alone, for `forMs` from when they were asked for. */
export interface Places {
  id: string
  places: number
  forMs: number
}

/** What this process did with its last grant. */
export interface UsedGrant {
  id: string
  unused: number
}

/** Limits of the systems, kept by all machines of a team together. `store` provides them. */
export interface SharedLimits {
  /**
   * Up to `want` places, or how long to wait until there may be one. A grant counts until each of its places is older
   * than the limit's stretch.
   * @throws K1Error `unreachable`, `storage`
   */
  take(bucket: LimitBucket, want: number, last?: UsedGrant): Promise<Places | { waitMs: number }>
  giveBack(last: UsedGrant): Promise<void>
}
