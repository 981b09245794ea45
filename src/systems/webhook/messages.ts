import { z } from 'zod'
import type { WebhookKind } from './about.ts'

/** What k1ctl sends. `openapi.ts` says the same for whoever writes a receiver. */
export type Message =
  | { type: 'ping' }
  | { type: 'person.look'; word: string }
  | { type: 'person.look'; id: string }
  | { type: 'people.list'; after?: string }
  | { type: 'person.ensure'; person: Addressee; goal: WebhookKind; hold: boolean; before?: Details }

/** Who an account is: the id decides, the rest is for logs, and for receivers that know nobody by id. */
export interface Addressee {
  id: string
  login: string
  email: string
  name: string
}

const words = z.string().max(1000)
const value = z.union([words, z.number(), z.boolean(), z.null(), z.array(words).max(1000)])

/** What a receiver shows of one goal: flat, small, and never a secret. Given back to it as `before` when it is undone. */
export type Details = z.infer<typeof details>
export const details = z.record(z.string().max(100), value)

const roles = z.array(z.object({ name: z.string(), admin: z.boolean() }))

const account = z.object({
  id: z.string().min(1),
  login: z.string().min(1),
  email: z.string().nullish(),
  name: z.string().nullish(),
  /** False: sign-in is blocked. Null: the receiver cannot tell. */
  active: z.boolean().nullable(),
  aliases: z.array(z.string()).nullish(),
  roles: roles.nullish(),
  untouchable: z.string().nullish(),
})

export type ListedPerson = z.infer<typeof account>

/** An account with how its goals stand: true or false, or null where the receiver cannot tell. */
export interface SeenPerson extends ListedPerson {
  holds?: Partial<Record<WebhookKind, boolean | null>> | undefined
  details?: Partial<Record<string, Details>> | null | undefined
}

export const listedMessage = z.object({
  people: z.array(account),
  next: z.string().min(1).nullish(),
  total: z.number().int().nonnegative().nullish(),
})

export const found = z.object({ people: z.array(account) })

/** How one person stands. What `kinds` asks of the receiver has to be there; that sign-in is blocked says `active`. */
export function seenMessage(kinds: readonly WebhookKind[]): z.ZodType<{ people: SeenPerson[] }> {
  const told = kinds.filter(kind => kind !== 'sign-in-blocked' && kind !== 'deleted')
  const holds = z.object(Object.fromEntries(told.map(kind => [kind, z.boolean().nullable()])))
  // What is said of goals that were not asked for is no concern here, whatever it looks like.
  const shown = z.object(Object.fromEntries(kinds.map(kind => [kind, details.optional()])))
  return z.object({
    people: z.array(
      account.extend({
        holds: told.length === 0 ? holds.optional() : holds,
        details: shown.nullish(),
      }),
    ),
  })
}

export const pong = z.object({
  name: z.string().nullish(),
  goals: z.array(z.string()).nullish(),
  missing: z.array(z.string()).nullish(),
})

export type Pong = z.infer<typeof pong>
