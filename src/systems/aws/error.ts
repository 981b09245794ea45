import { z } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { quotable } from '../../http/message.ts'

/** Codes of "slow down"; all come with status 400 or 429 (SDK: throttling errors). */
const slowDown = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'PriorRequestNotComplete',
])

/** The credentials themselves are refused. */
const signIn = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'RequestExpired',
  'OptInRequired',
])

const forbidden = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized'])

/**
 * Said no now, and yes in a while: what AWS's own descriptions of these errors say. `DeleteConflict`: IAM is consistent
 * only eventually, and may not know yet what was just taken from the user.
 */
const passing = new Set([
  'ConflictException',
  'ConcurrentModification',
  'EntityTemporarilyUnmodifiable',
  'DeleteConflict',
])
/** Of a `ConflictException`: it is there already, which no waiting changes (Identity Store, `ConflictExceptionReason`). */
const lasting = 'UNIQUENESS_CONSTRAINT_VIOLATION'

const xmlError = z.object({ Error: z.object({ Code: z.string(), Message: z.string().optional() }) })
/** Also with `<Errors>` in between, as some services and proxies of the query protocol say it. */
const inXml = z.union([
  z.object({ ErrorResponse: xmlError }).transform(found => found.ErrorResponse.Error),
  z.object({ ErrorResponse: z.object({ Errors: xmlError }) }).transform(found => found.ErrorResponse.Errors.Error),
  z.object({ Response: z.object({ Errors: xmlError }) }).transform(found => found.Response.Errors.Error),
])
const inJson = z.object({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
  Reason: z.string().nullish(),
})

function readCode(body: unknown): { code: string; message: string; reason?: string } | undefined {
  const xml = inXml.safeParse(body)
  if (xml.success) return { code: xml.data.Code, message: quotable(xml.data.Message ?? '') }
  const json = inJson.safeParse(body)
  if (!json.success) return undefined
  // With or without the name of the service before a hash, and an address behind a colon.
  const code = json.data.__type.replace(/^.*#/, '').replace(/:.*$/, '')
  const { Reason: reason } = json.data
  return {
    code,
    message: quotable(json.data.message ?? json.data.Message ?? ''),
    ...(reason ? { reason: quotable(reason) } : {}),
  }
}

/** AWS's own error by its code; undefined where the body has none. */
export function readAwsError(title: string, status: number, body: unknown): K1Error | undefined {
  const read = readCode(body)
  if (read === undefined) return undefined
  const { code, message, reason } = read
  const words = message === '' ? `${code}.` : `${message.replace(/[.\s]+$/, '')} (${code}).`
  const facts = { status, code, ...(message === '' ? {} : { message }), ...(reason ? { reason } : {}) }
  if (slowDown.has(code)) {
    return new K1Error('rate-limited', `${title} asks to slow down: ${words}`, {
      facts,
      hint: 'Try again in a few minutes.',
    })
  }
  if (signIn.has(code)) {
    return new K1Error('sign-in', `${title} did not accept the credentials: ${words}`, {
      facts,
      hint: hintOf(code, message),
    })
  }
  if (forbidden.has(code)) return notAllowed(title, message, words, facts)
  if (status >= 500) {
    return new K1Error('server', `${title} failed: ${words}`, {
      facts,
      hint: 'The fault is on its side. Look before you send it again.',
    })
  }
  return new K1Error('rejected', `${title} refused: ${words}`, { facts })
}

/** "User: arn:… is not authorized to perform: iam:PutUserPolicy on resource: …" */
function notAllowed(title: string, message: string, words: string, facts: Record<string, unknown>): K1Error {
  const action = /not authorized to perform:? ([a-z0-9-]+:\w+)/i.exec(message)?.[1]
  if (action === undefined) {
    return new K1Error('forbidden', `${title} does not allow this: ${words}`, {
      facts,
      hint: 'Compare the policy of this identity with the rights that k1ctl connect aws names.',
    })
  }
  return new K1Error('forbidden', `${title} does not allow ${action}: ${words}`, {
    facts: { ...facts, action },
    hint: `Allow ${action} in the policy of the identity that k1ctl uses; a permissions boundary or an SCP can also deny it.`,
  })
}

function hintOf(code: string, message: string): string {
  if (/expired|not yet current/i.test(message) && /signature/i.test(message)) {
    return "AWS accepts signatures for a few minutes only: set this machine's clock."
  }
  if (code === 'SignatureDoesNotMatch' || code === 'InvalidSignatureException') {
    return "The secret access key is not the one of this access key id, or this machine's clock is wrong."
  }
  if (code.startsWith('ExpiredToken')) return 'The session is over: sign in again (aws sso login), or give new keys.'
  return 'Check the access key: it may be deleted, inactive, or of another partition.'
}

/** AWS's code of an error, also where an earlier attempt had no answer and this is what the later one said. */
export function codeOf(error: unknown): string | undefined {
  if (!isK1Error(error)) return undefined
  const { code } = error.facts
  if (typeof code === 'string' && error.facts.status !== undefined) return code
  return error.kind === 'lost-answer' ? codeOf(error.cause) : undefined
}

/** What it speaks of is not there. */
export function isGone(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'NoSuchEntity' || code === 'ResourceNotFoundException'
}

export function isPassing(error: unknown): boolean {
  if (!passing.has(codeOf(error) ?? '')) return false
  return !(isK1Error(error) && error.facts.reason === lasting)
}

/** AWS asks to slow down, by its own code; what names a time of its own is the transport's. */
export function isThrottled(error: unknown): boolean {
  return slowDown.has(codeOf(error) ?? '')
}

/** `value`, or undefined when AWS says that what it asks for is not there. */
export async function unlessGone<T>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}
