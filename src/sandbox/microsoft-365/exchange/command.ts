import type { Tenant } from '../tenant.ts'

/** What a cmdlet was given, checked. */
export type Given = Readonly<Record<string, unknown>>

/** What came of a cmdlet. */
export interface Answer {
  value: readonly object[]
  warnings?: readonly string[]
}

export type Command = (tenant: Tenant, given: Given) => Answer
