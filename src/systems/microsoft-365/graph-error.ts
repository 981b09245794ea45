import { z } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { quotable } from '../../http/message.ts'

const bodySchema = z.object({ error: z.object({ code: z.string().nullish(), message: z.string().nullish() }) })

const adminHint =
  'Check the permissions with k1ctl doctor. To change administrators, the app itself needs a higher role, such as Privileged Authentication Administrator.'

/** An error of Graph as ours; undefined where the transport's own reading of the status says as much. */
export function readGraphError(status: number, body: unknown, what = 'that'): K1Error | undefined {
  const parsed = bodySchema.safeParse(body)
  if (!parsed.success || status === 401 || status === 429 || status >= 500) return undefined
  const code = parsed.data.error.code ?? ''
  const message = quotable(parsed.data.error.message ?? code)
  const facts = { status, code, message }
  if (status === 403) {
    return new K1Error('forbidden', `Microsoft 365 does not allow ${what} (403): ${ended(message)}`, {
      hint: adminHint,
      facts,
    })
  }
  return new K1Error('rejected', `Microsoft 365 refused ${what} (${status}): ${ended(message)}`, { facts })
}

function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`
}

export function statusOf(error: unknown): number | undefined {
  const status = isK1Error(error) ? error.facts.status : undefined
  return typeof status === 'number' ? status : undefined
}

export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404
}

/** Said of one thing, and nothing about others: those are dealt with all the same. */
export function isAboutOne(error: unknown): boolean {
  return isK1Error(error) && ['rejected', 'forbidden', 'conflict'].includes(error.kind)
}

/** After this failure nobody knows, from the answer alone, whether a write took effect. */
export function isInDoubt(error: unknown): boolean {
  return isK1Error(error) && (error.kind === 'lost-answer' || error.kind === 'server')
}

/** A tenant without Intune answers so. */
export function hasNoIntune(error: unknown): boolean {
  return isK1Error(error) && /not applicable to target tenant/i.test(error.message)
}

/** "Cannot delete default method with other methods configured", and a second wording of the same. */
export function isDefaultMethod(error: unknown): boolean {
  return isK1Error(error) && /default (?:authentication )?method/i.test(error.message)
}
