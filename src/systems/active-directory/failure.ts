import { z } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import type { Broken } from '../../http/exchange.ts'
import { type Call, factsOf, unreachable } from '../../http/failure.ts'
import { quotable } from '../../http/message.ts'

/** One LDAP operation, as sentences speak of it. `method` is `MODIFY`, `path` the target. */
export interface LdapCall extends Call {
  /** The right that it takes, for when it is missing. */
  needs?: string
}

/** LDAP result codes that are acted upon (RFC 4511, appendix A). */
export const results = {
  protocolError: 2,
  noSuchAttribute: 16,
  attributeOrValueExists: 20,
  noSuchObject: 32,
  unwillingToPerform: 53,
  notAllowedOnNonLeaf: 66,
  entryAlreadyExists: 68,
} as const

/** The result code of a refusal; undefined when the controller did not refuse anything. */
export function resultOf(error: unknown): number | undefined {
  return error instanceof K1Error && typeof error.facts.result === 'number' ? error.facts.result : undefined
}

/** Nobody knows whether such a write took effect: a look tells. */
export function isInDoubt(error: unknown): boolean {
  return isK1Error(error) && (error.kind === 'lost-answer' || error.kind === 'server')
}

/** Why a bind fails: the code after "data" in what the controller says (Windows error codes, hexadecimal). */
const bindReasons: Record<string, string> = {
  '525': 'there is no such user',
  '52e': 'the user name or the password is wrong',
  '530': 'it may not sign in at this time',
  '531': 'it may not sign in from this machine',
  '532': 'its password has expired',
  '533': 'the account is disabled',
  '569': 'it may not sign in this way',
  '701': 'the account has expired',
  '773': 'its password must be changed at the next log-on',
  '775': 'the account is locked out',
}

/** What a refusal means. `code` and `message` are the controller's. */
export function readRefusal(call: LdapCall, code: number, message: string): K1Error {
  const said = quotable(message.replace(/\s*Code: 0x[0-9a-f]+$/i, ''))
  const facts = factsOf(call, { result: code, ...(said === '' ? {} : { message: said }) })
  const what = `${call.method} ${call.path}`
  const refused = (kind: K1Error['kind'], sentence: string, hint?: string) =>
    new K1Error(kind, sentence, { facts, ...(hint === undefined ? {} : { hint }) })
  switch (code) {
    case 49: {
      const data = /data ([0-9a-f]+)/i.exec(message)?.[1]?.toLowerCase() ?? ''
      const why = bindReasons[data] ?? 'the user name or the password is wrong'
      return refused(
        'sign-in',
        `${call.system} did not accept the sign-in: ${why}.`,
        data === '525' || data === '52e' || !(data in bindReasons)
          ? 'Sign in again with k1ctl connect active-directory. The user name is name@domain.'
          : 'Put that account right, or sign in with another one.',
      )
    }
    case 50:
      return refused(
        'forbidden',
        `${call.system} does not allow ${what}${call.needs === undefined ? '' : `: it needs ${call.needs}`}.`,
        'Delegate that right to the account of k1ctl. It does not reach accounts that once were in a protected group ' +
          '(adminCount 1, inheritance off), nor what is protected from accidental deletion.',
      )
    case 19:
      if (/0000052D/i.test(message))
        return refused('rejected', `The password policy of ${call.system} refused a random password of 48 characters.`)
      return refused('rejected', `${call.system} refused ${what}: ${said || 'a constraint is violated'}.`)
    case 10:
      return refused(
        'rejected',
        `${call.system} sends ${what} elsewhere: this controller is read-only, or not of that domain.`,
        'Connect to a writable domain controller of the domain.',
      )
    case 51:
      return refused('rate-limited', `${call.system} is too busy for ${what}.`, 'Try again in a few minutes.')
    case 8:
    case 13:
      return refused('rejected', `${call.system} wants more protection than TLS gives here: ${said || code}.`)
    case 1:
      if (/successful bind/i.test(message))
        return refused('sign-in', `${call.system} does not know who we are any more.`)
      return refused('server', `${call.system} failed at ${what}: ${said || 'operations error'}.`)
    case 2:
    case 52:
    case 80:
      return refused('server', `${call.system} failed at ${what} (${code})${said === '' ? '' : `: ${said}`}.`)
    default:
      return refused('rejected', `${call.system} refused ${what} (${code})${said === '' ? '' : `: ${said}`}.`)
  }
}

/** No connection: what is special about the certificates of domain controllers. */
export function notReached(call: LdapCall, broken: Broken, deadlineMs: number): K1Error {
  const error = unreachable(call, broken, deadlineMs)
  const code = String(error.facts.code)
  const hint =
    code === 'ERR_TLS_CERT_ALTNAME_INVALID'
      ? `Use the name that is in its certificate, in the URL or as the setting serverName.${namesIn(broken.cause)}`
      : /CERT|ISSUER|SIGNATURE/.test(code)
        ? 'Give the certificate authority of the domain: the setting ca, or --ca-file.'
        : 'Check the URL and the network: 636 for ldaps://, 389 for ldap:// with StartTLS.'
  return new K1Error(error.kind, error.message, { facts: error.facts, cause: broken, hint })
}

/** The chain was found good before the names were compared, so the names may be told. */
function namesIn(cause: unknown): string {
  const { cert } = certified.safeParse(cause).data ?? {}
  const names = cert?.subjectaltname ?? cert?.subject?.CN
  return names === undefined ? '' : ` It is for ${quotable(names)}.`
}

/** What Node adds to an error about names. */
const certified = z.object({
  cert: z.object({
    subjectaltname: z.string().optional(),
    subject: z.object({ CN: z.string().optional() }).optional(),
  }),
})
