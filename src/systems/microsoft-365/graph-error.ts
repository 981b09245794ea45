import { z } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { quotable } from '../../http/message.ts'

const bodySchema = z.object({ error: z.object({ code: z.string().nullish(), message: z.string().nullish() }) })

const adminHint =
  'Check the permissions with k1ctl doctor. To change administrators, the app itself needs a higher role, such as Privileged Authentication Administrator.'

/** An error of Graph as ours; undefined where the transport's own reading of the status says as much. */
export function readGraphError(status: number, body: unknown, what = 'that'): K1Error | undefined {
  const parsed = bodySchema.safeParse(body)
  if (!parsed.success) return undefined
  if (status === 401) return readIntuneError(parsed.data.error.message ?? '')
  if (status === 429 || status >= 500) return undefined
  const code = parsed.data.error.code ?? ''
  const message = quotable(parsed.data.error.message ?? code)
  return refusalOf({ status, code, message }, what)
}

/** The same failure, saying of what: the transport does not know it when it reads an answer. */
export function naming(error: unknown, what: string): unknown {
  if (!isK1Error(error)) return error
  const { status, code, message } = error.facts
  const isOurs = typeof status === 'number' && typeof code === 'string' && typeof message === 'string'
  return isOurs && status !== 401 ? refusalOf({ status, code, message }, what) : error
}

function refusalOf(facts: { status: number; code: string; message: string }, what: string): K1Error {
  const { status, message } = facts
  if (status === 403) {
    return new K1Error('forbidden', `Microsoft 365 does not allow ${what} (403): ${ended(message)}`, {
      hint: adminHint,
      facts,
    })
  }
  return new K1Error('rejected', `Microsoft 365 refused ${what} (${status}): ${ended(message)}`, { facts })
}

/**
 * Intune answers 401 where a right is missing, with its own error as JSON inside the message: a new token would not help
 * (github.com/microsoftgraph/microsoft-graph-docs/issues/13096).
 */
function readIntuneError(message: string): K1Error | undefined {
  if (!/^\s*\{.*"ErrorCode"\s*:\s*"(?:Forbidden|Unauthorized)"/is.test(message)) return undefined
  return new K1Error('forbidden', 'Intune does not allow that (401).', {
    hint: 'Check with k1ctl doctor that the app has the device permissions, and that the tenant has an Intune licence.',
    facts: { status: 401, code: 'Forbidden' },
  })
}

function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`
}

export function statusOf(error: unknown): number | undefined {
  const status = isK1Error(error) ? error.facts.status : undefined
  return typeof status === 'number' ? status : undefined
}

/** Graph says so itself, with a code of its own: a 404 without one comes from an address that is wrong, or from a proxy. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 && isK1Error(error) && typeof error.facts.code === 'string'
}

/** What was to be added is there already, whoever did it. */
export function isAlreadyThere(error: unknown): boolean {
  return (
    isK1Error(error) &&
    error.kind === 'rejected' &&
    /already exists?\b|conflicting object with one/i.test(error.message)
  )
}

/** The last owner cannot go, and whoever was added a moment ago may not be seen yet. */
export function isLastOwner(error: unknown): boolean {
  return isK1Error(error) && /at least one owner/i.test(error.message)
}

/** A tenant without Intune answers so. */
export function hasNoIntune(error: unknown): boolean {
  return isK1Error(error) && /not applicable to target tenant/i.test(error.message)
}

/** "Cannot delete default method with other methods configured", and a second wording of the same. */
export function isDefaultMethod(error: unknown): boolean {
  return isK1Error(error) && /default (?:authentication )?method/i.test(error.message)
}
