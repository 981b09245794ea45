import { K1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { rememberSecret } from '../../core/redact.ts'
import { quotable } from '../../http/message.ts'

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  /** Absent: they do not end by themselves. */
  expiration?: Date
}

/** Keys that are good now. */
export type KeySource = () => Promise<Keys>

/** Renewed when they have less than this left: a request that is retried must not outlive them. */
const marginMs = 5 * 60_000

/** Asks `fetch` once for many at a time, and again before the keys end. */
export function kept(fetch: KeySource, clock: Clock): KeySource {
  let current: Promise<Keys> | undefined
  return async () => {
    const asked = current ?? fetch()
    current = asked
    try {
      const keys = await asked
      const leftMs = (keys.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - clock.now().getTime()
      if (leftMs > marginMs) return keys
    } catch (error) {
      if (current === asked) current = undefined
      throw error
    }
    if (current === asked) current = fetch()
    return current
  }
}

/**
 * Whatever AWS's own tools would use here: environment, profiles with roles and processes, SSO log-ins, containers,
 * instances. The library reads the environment and `~/.aws` itself, and makes its own requests where it has to.
 */
export function chainOf(options: { profile?: string; region: string }): KeySource {
  let provider: KeySource | undefined
  return async () => {
    if (provider === undefined) {
      const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
      const { profile, region } = options
      provider = fromNodeProviderChain({
        ...(profile === undefined ? {} : { profile }),
        clientConfig: { region },
        ignoreCache: true,
      })
    }
    try {
      const keys = await provider()
      rememberSecret(keys.secretAccessKey)
      if (keys.sessionToken !== undefined) rememberSecret(keys.sessionToken)
      return keys
    } catch (thrown) {
      const where = options.profile === undefined ? 'on this machine' : `in the profile "${options.profile}"`
      const words = quotable((thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0] ?? '')
      throw new K1Error('sign-in', `There are no AWS credentials ${where} that can be used: ${words}`, {
        // The error itself carries the library's whole request, with its headers: it goes no further.
        cause: new Error(words),
        hint: 'Sign in (aws sso login), name a profile, or connect with auth keys.',
      })
    }
  }
}
