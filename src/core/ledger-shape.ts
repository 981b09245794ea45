import * as z from 'zod/mini'
import { K1Error } from './errors.ts'
import type { LedgerEntryType, LedgerReading } from './ledger-store.ts'

/**
 * What each kind of entry has at least, in every version of k1ctl so far. A chain that fits proves no more than that its
 * hashes were made: whoever can write the folder can make them, over anything.
 */
const text = z.string()
const texts = z.array(text)
const maybe = z.exactOptional(text)

const goal = z.looseObject({
  id: text,
  tenant: text,
  system: text,
  summary: text,
  person: maybe,
  kind: maybe,
  reach: maybe,
})
const unreached = z.looseObject({ tenant: text, system: text, why: text })
const planned = { goals: z.array(goal), unreached: z.array(unreached) }

const account = z.looseObject({
  id: text,
  login: text,
  email: text,
  name: text,
  active: z.boolean(),
  roles: z.array(z.looseObject({ name: text })),
})

const unit = z.looseObject({
  tenant: text,
  person: maybe,
  module: maybe,
  name: maybe,
  refused: maybe,
  busy: z.exactOptional(z.boolean()),
  reason: maybe,
  ticket: maybe,
  successor: maybe,
  accounts: z.exactOptional(z.array(z.looseObject({ system: text, account }))),
  residual: z.exactOptional(z.array(z.looseObject({ system: text, note: text }))),
  notConnected: z.exactOptional(texts),
  searched: z.exactOptional(z.array(z.looseObject({ system: text, by: text, accounts: z.number() }))),
  ...planned,
})

const head = z.looseObject({
  command: text,
  operator: text,
  tenants: z.exactOptional(texts),
  undoes: maybe,
  lost: z.exactOptional(z.array(z.looseObject({ goal: text, system: text, summary: text, why: text }))),
  ...planned,
})
const overModules = z.intersection(head, z.looseObject({ kind: z.exactOptional(z.enum(['posture', 'undo'])) }))
const overPeople = z.intersection(
  head,
  z.looseObject({
    kind: z.literal('offboarding'),
    tenants: texts,
    options: z.looseObject({ delete: z.boolean(), devices: text, only: texts, except: texts, waitMs: z.number() }),
  }),
)

const start = z.union([overPeople, overModules])

const differences = z.array(z.looseObject({ what: text, before: text, after: text }))
const result = z.looseObject({
  goal: text,
  tenant: text,
  system: text,
  summary: text,
  end: z.enum(['changed', 'already', 'refused', 'by-hand', 'pending', 'failed', 'unknown']),
  proved: z.boolean(),
  at: text,
  differences,
  person: maybe,
  kind: maybe,
  reach: maybe,
  why: maybe,
  hint: maybe,
  steps: z.exactOptional(texts),
})
const sent = z.looseObject({
  sent: z.literal(true),
  round: z.exactOptional(z.number()),
  taken: z.exactOptional(texts),
  notes: z.exactOptional(z.record(text, text)),
  refused: z.exactOptional(z.array(z.looseObject({ id: text }))),
})

const shapes: Readonly<Record<LedgerEntryType, z.ZodMiniType>> = {
  plan: unit,
  consent: z.looseObject({ by: text, how: text }),
  intent: z.looseObject({ differences: z.exactOptional(differences), things: z.exactOptional(texts) }),
  outcome: z.union([result, sent]),
  proof: result,
  attestation: z.looseObject({ by: text, note: text }),
  report: z.looseObject({ verdict: z.enum(['proved', 'unproved', 'pending', 'incomplete', 'unknown-person']) }),
}
const time = z.iso.datetime({ offset: true })

/**
 * Before anything is made of what a ledger says.
 * @throws K1Error `storage` when an entry, whose hash fits, is none that k1ctl writes
 */
export function requireShape({ run, entries }: Pick<LedgerReading, 'run' | 'entries'>): void {
  const bad = entries.find(
    ({ seq, type, at, data }) =>
      !time.safeParse(at).success ||
      (seq === 0 && type !== 'plan') ||
      !(seq === 0 ? start : shapes[type]).safeParse(data).success,
  )
  if (!bad) return
  throw new K1Error(
    'storage',
    `The ledger of run ${run} is none that k1ctl wrote: entry ${bad.seq} does not say what one does.`,
    {
      hint: 'Its hashes fit, so somebody made them anew. Nothing that it says can be relied on. Look there: k1ctl status',
      facts: { run, seq: bad.seq, type: bad.type },
    },
  )
}
