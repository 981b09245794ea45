import { z } from 'zod'
import { isK1Error, K1Error } from '../../../core/errors.ts'
import { quotable } from '../../../http/message.ts'

/** Where a failure keeps its sentence: in one of three places, the most exact one first. */
const bodySchema = z.object({
  error: z.object({
    code: z.string().nullish(),
    message: z.string().nullish(),
    details: z.array(z.object({ message: z.string().nullish() })).nullish(),
    innererror: z.object({ internalexception: z.object({ message: z.string().nullish() }).nullish() }).nullish(),
  }),
})

const hint =
  'Check with k1ctl doctor that the app has Exchange.ManageAsApp and the Entra role Exchange Recipient Administrator or Exchange Administrator.'

/** An error of Exchange as ours; undefined where the transport's own reading of the status says as much. */
export function readExchangeError(status: number, body: unknown): K1Error | undefined {
  if (status === 401 || status === 429 || status >= 500) return undefined
  const message = sentenceIn(body)
  if (message === undefined) return undefined
  return refusalOf({ status, code: codeIn(message), message: quotable(lastPart(message)) }, 'that')
}

/** The same failure, saying of which cmdlet: the transport does not know it when it reads an answer. */
export function namingCmdlet(error: unknown, cmdlet: string): unknown {
  if (!isK1Error(error)) return error
  const { status, code, message } = error.facts
  const isOurs = typeof status === 'number' && typeof code === 'string' && typeof message === 'string'
  return isOurs ? refusalOf({ status, code, message }, cmdlet) : error
}

function refusalOf(facts: { status: number; code: string; message: string }, what: string): K1Error {
  const { status, message } = facts
  const ended = /[.!?…]$/.test(message) ? message : `${message}.`
  if (status === 403) {
    return new K1Error('forbidden', `Exchange Online does not allow ${what} (403): ${ended}`, { hint, facts })
  }
  return new K1Error('rejected', `Exchange Online refused ${what} (${status}): ${ended}`, { facts })
}

function sentenceIn(body: unknown): string | undefined {
  const parsed = bodySchema.safeParse(lowered(body))
  if (!parsed.success) return undefined
  const { details, innererror, message, code } = parsed.data.error
  const detail = details?.find(one => one.message)?.message
  return detail || innererror?.internalexception?.message || message || code || undefined
}

/** `internalException` is written in both ways. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), lowered(member)]))
}

/** `ManagementObjectNotFoundException` of `Ex6F9304|Microsoft.…ManagementObjectNotFoundException|The operation …`. */
function codeIn(message: string): string {
  return /\|[\w.]*?(\w+)\|/.exec(message)?.[1] ?? ''
}

function lastPart(message: string): string {
  return message.split('|').at(-1) || message
}

/** There is no such mailbox or recipient. */
export function isNobody(error: unknown): boolean {
  if (!isK1Error(error) || error.kind !== 'rejected') return false
  return error.facts.code === 'ManagementObjectNotFoundException' || /couldn.t be found on/i.test(error.message)
}

/** What was to be taken away is gone, or what was to be given is there, whoever did it. */
export function isDoneAlready(error: unknown): boolean {
  return (
    isK1Error(error) &&
    error.kind === 'rejected' &&
    /isn.t a member of|already a member|MemberNotFoundException|MemberAlreadyExistsException|can.t remove the access control entry/i.test(
      `${error.facts.code} ${error.message}`,
    )
  )
}

/** What is not there is none. */
export async function orNobody<T>(read: Promise<T[]>): Promise<T[]> {
  try {
    return await read
  } catch (error) {
    if (isNobody(error)) return []
    throw error
  }
}

/** That it is done already is no failure. */
export async function unlessDone(change: Promise<unknown>): Promise<void> {
  try {
    await change
  } catch (error) {
    if (!isDoneAlready(error)) throw error
  }
}
