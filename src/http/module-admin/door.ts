import type { OpenDeps, SeenTenant, SystemAbout } from '../../core/system.ts'
import { createHttpClient, type HttpClient, path } from '../client.ts'
import { readProblem } from './problem.ts'
import { tenantsSchema } from './schemas.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import type { Credentials } from './sign-in-options.ts'

/** A credential at an endpoint. It may see a thousand tenants, and is then signed in once for all of them. */
export interface Door {
  http: HttpClient
  signIn: SignIn
  /** A client on another base URL, signed in by the same tokens. */
  connect(url: string, http: OpenDeps['http']): HttpClient
  /** Signs in, once. A failure is remembered for a while: a wrong password must not lock the account. */
  start(): Promise<void>
  /** Those that the credential sees, asked for once. */
  tenants(): Promise<SeenTenant[]>
  close(): Promise<void>
}

const retryAfterMs = 5_000

/** The door of these credentials: the one that others opened already, where sessions share. */
export function doorOf(about: SystemAbout, baseUrl: string, credentials: Credentials, deps: OpenDeps): Door {
  const make = () => openDoor(about, baseUrl, credentials, deps)
  if (deps.share === undefined) return make()
  // Whoever can be asked for a code gets further than whoever cannot.
  return deps.share(JSON.stringify([about.id, baseUrl, credentials, deps.prompt !== undefined]), make)
}

function openDoor(about: SystemAbout, baseUrl: string, credentials: Credentials, deps: OpenDeps): Door {
  const endpoint = { id: about.id, title: about.title }
  const connect = (url: string, http: OpenDeps['http']): HttpClient =>
    createHttpClient({
      baseUrl: url,
      system: about.title,
      http,
      clock: deps.clock,
      authorize: headers => {
        headers.authorization = `Bearer ${signIn.accessToken()}`
      },
      onUnauthorized: async ({ authorization }) => {
        // Side by side, another tenant's call may have been refused before, and there are new tokens already.
        if (authorization === `Bearer ${signIn.accessToken()}`) await signIn.renew()
        return true
      },
      readError: (status, body) => readProblem(endpoint, status, body),
    })
  const http = connect(baseUrl, deps.http)
  const signIn = createSignIn({ endpoint, credentials, http, clientFor: options => connect(baseUrl, options), deps })
  return {
    http,
    signIn,
    connect,
    start: onceFor(retryAfterMs, () => signIn.start()),
    tenants: onceFor(retryAfterMs, async () => {
      const answer = await http.request({ method: 'GET', path: path`/tenants`, answer: tenantsSchema })
      return answer.body.tenants
    }),
    close: () => http.close(),
  }
}

/** Asked for once; what failed is asked for again after `ms`. */
function onceFor<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return () => {
    if (kept) return kept
    const made = work()
    kept = made
    made.catch(() => {
      setTimeout(() => {
        kept = undefined
      }, ms).unref()
    })
    return made
  }
}
