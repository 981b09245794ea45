import { K1Error } from '../../core/errors.ts'
import { printable } from '../../core/redact.ts'
import { readScimError } from '../scim/error.ts'
import { problemSchema } from './schemas.ts'

/** The system that an endpoint stands for. */
export interface Endpoint {
  id: string
  title: string
}

/**
 * A refusal of the contract (RFC 9457, with its own `code`) as our error; undefined where the transport's own reading
 * of the status is as good (429, 5xx, and anything that is no problem document). `facts.code` is the contract's code.
 */
export function readProblem({ id, title }: Endpoint, status: number, body: unknown): K1Error | undefined {
  const parsed = problemSchema.safeParse(body)
  if (!parsed.success) return readScimError(title, status, body)
  const { code, missing = [], needs, field } = parsed.data
  const said = printable(parsed.data.detail ?? '').trim()
  const facts = { status, code }
  const connectAgain = `Sign in again: k1ctl connect ${id}`
  switch (code) {
    case 'wrong-credentials':
      return new K1Error('sign-in', `${title} did not accept the KaseyaOne username, company name or password.`, {
        hint: `Check all three, then: k1ctl connect ${id}`,
        facts,
      })
    case 'wrong-code':
      return new K1Error('sign-in', `${title} did not accept the two-factor code.`, { hint: connectAgain, facts })
    case 'token-expired':
      return new K1Error('sign-in', `The sign-in at ${title} has expired or was revoked.`, {
        hint: connectAgain,
        facts,
      })
    case 'push-denied':
      return new K1Error('sign-in', `The push for ${title} was denied.`, {
        hint: `If that was not you, change the KaseyaOne password; else: k1ctl connect ${id}`,
        facts,
      })
    case 'challenge-expired':
      return new K1Error('sign-in', `The sign-in at ${title} was not confirmed in time.`, { hint: connectAgain, facts })
    case 'forbidden': {
      const lacks = missing.map(sentence => printable(sentence)).join(' ')
      return new K1Error('forbidden', `${title} does not allow this account to do that. ${lacks || said}`.trim(), {
        hint: `Sign in as an administrator on both sides: k1ctl connect ${id}`,
        facts: { ...facts, missing },
      })
    }
    case 'prerequisite':
      return new K1Error('refused', `${title} refused it, because something else comes first${tail(said)}`, {
        ...hintFor(needs, id),
        facts: { ...facts, needs },
      })
    case 'lock-out':
      return new K1Error('refused', `${title} refused it, because it would lock somebody out${tail(said)}`, {
        hint: `Except somebody who can always log in: k1ctl require-log-in enable ${id} --except USER`,
        facts,
      })
    case 'precondition':
      return new K1Error(
        'conflict',
        `Somebody else has changed the settings of ${title} meanwhile; nothing was written.`,
        {
          hint: 'Run the same command again: it looks first, and plans on what is there now.',
          facts,
        },
      )
    case 'invalid':
      return new K1Error(
        'rejected',
        `${title} did not accept ${field ? `"${printable(field)}"` : 'the change'}${tail(said)}`,
        {
          facts: { ...facts, ...(field ? { field } : {}) },
        },
      )
    case 'not-found':
      return new K1Error('rejected', `${title} does not know what was asked for${tail(said)}`, { facts })
    default:
      return undefined
  }
}

/** The nouns of the command line, by what the contract says is needed. */
const commands: Readonly<Record<string, string>> = {
  'log-in': 'unified-login',
  organization: 'unified-login',
  'require-log-in': 'require-log-in',
  'user-creation': 'jit',
  deprovisioning: 'deprovisioning',
  'access-groups': 'access-groups',
}

/** What comes first. `needs` names the feature to turn on; where log-in is being turned off, the one still on. */
function hintFor(needs: string | undefined, id: string): { hint?: string } {
  if (needs === 'default-role') return { hint: `Choose a default role first: k1ctl jit defaults set ${id} --role NAME` }
  if (needs === 'mapping') return { hint: `Map a group first: k1ctl access-groups map ${id} GROUP --role ROLE` }
  const noun = needs === undefined ? undefined : commands[needs]
  if (noun === undefined) return {}
  if (noun === 'unified-login') {
    return {
      hint: `Turn on Log In with KaseyaOne first, which maps it to an organization: k1ctl unified-login enable ${id}`,
    }
  }
  if (noun === 'require-log-in') return { hint: `Turn it on, or off, first: k1ctl ${noun} enable|disable ${id}` }
  return { hint: `Turn it off first: k1ctl ${noun} disable ${id}` }
}

function tail(said: string): string {
  return said === '' ? '.' : `: ${said.replace(/\.$/, '')}.`
}
