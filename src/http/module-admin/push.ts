import { K1Error } from '../../core/errors.ts'
import type { SignInPrompt } from '../../core/ports.ts'
import { path } from '../client.ts'
import { type Challenge, pushSchema, type Tokens } from './schemas.ts'
import type { SignInOptions } from './sign-in-options.ts'

/** Withdrawing a push must not hold up somebody who pressed Ctrl-C. */
const withdrawWithinMs = 3000

/**
 * Waits until a person approves the push on their phone.
 * @throws K1Error `sign-in` when it is denied or not answered in time; `cancelled` when the operator gives up: the push
 *   is withdrawn then, so that nobody approves it later.
 */
export async function waitForPush(
  options: SignInOptions & { prompt: SignInPrompt },
  challenge: Challenge,
): Promise<Tokens> {
  const { endpoint, credentials, prompt, deps } = options
  const message = `Approve the sign-in of ${credentials.username} to ${endpoint.title} in the KaseyaOne app`
  return await prompt.push(message, async cancel => {
    const signal = deps.http.signal ? AbortSignal.any([cancel, deps.http.signal]) : cancel
    try {
      return await poll(options, challenge, signal)
    } catch (error) {
      if (!signal.aborted) throw error
      throw new K1Error('cancelled', await withdraw(options, challenge), { cause: error })
    }
  })
}

async function poll(
  { endpoint, deps, clientFor }: SignInOptions,
  challenge: Challenge,
  signal: AbortSignal,
): Promise<Tokens> {
  const http = clientFor({ ...deps.http, signal })
  const until = deps.clock.now().getTime() + challenge.expiresInSeconds * 1000
  try {
    for (;;) {
      const { body } = await http.request({
        method: 'GET',
        path: path`/log-in/${challenge.id}`,
        answer: pushSchema,
        anonymous: true,
      })
      if (!('state' in body)) return body
      if (deps.clock.now().getTime() >= until) {
        throw new K1Error(
          'sign-in',
          `Nobody approved the push for ${endpoint.title} within ${challenge.expiresInSeconds} seconds.`,
          {
            hint: `Sign in again: k1ctl connect ${endpoint.id}`,
          },
        )
      }
      await deps.clock.sleep(Math.max(body.pollAfterSeconds, 0.2) * 1000, signal)
    }
  } finally {
    await http.close()
  }
}

/** What became of the push, as a sentence. */
async function withdraw({ deps, clientFor }: SignInOptions, challenge: Challenge): Promise<string> {
  const { signal: _, ...rest } = deps.http
  const http = clientFor({ ...rest, deadlineMs: withdrawWithinMs })
  try {
    await http.request({
      method: 'DELETE',
      path: path`/log-in/${challenge.id}`,
      anonymous: true,
      write: false,
      repeatable: true,
    })
    return 'The push was withdrawn.'
  } catch {
    return `The push could not be withdrawn: do not approve it; it expires within ${challenge.expiresInSeconds} seconds.`
  } finally {
    await http.close()
  }
}
