import type { FeatureKey } from './features.ts'

/** What a person said of a feature that nobody can read. */
export interface Attestation {
  tenant: string
  system: string
  feature: FeatureKey
  state: 'on' | 'off'
  /** By rule: what the posture file wanted, where the person had one at hand. */
  rules: Readonly<Record<string, string>>
  by: string
  /** ISO time. */
  at: string
  note: string | null
  /** Name of the file that shows it, and SHA-256 of its bytes. */
  file: string | null
  sha256: string | null
  /** ISO date of the last day on which it counts; null: 90 days. */
  until: string | null
}

const freshForDays = 90
const dayMs = 86_400_000

/** In days, rounded down. */
export function ageOf({ at }: Attestation, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - Date.parse(at)) / dayMs))
}

/** Past its last day; without one, older than 90 days. */
export function isStale(one: Attestation, now: Date): boolean {
  return one.until === null ? ageOf(one, now) >= freshForDays : now.toISOString().slice(0, 10) > one.until
}

/** What persons said, kept beside the runs; the last word on a feature counts, and none is ever taken away. */
export interface AttestationStore {
  readonly path: string
  /** The last word on each feature, by the time of its saying. @throws K1Error `storage` */
  latest(): Promise<Attestation[]>
  /** Every word, in the order in which they were kept. @throws K1Error `storage` */
  all(): Promise<Attestation[]>
  /** @throws K1Error `storage`, `busy` */
  add(...attestations: readonly Attestation[]): Promise<void>
}
