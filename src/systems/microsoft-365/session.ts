import { z } from 'zod'
import { isK1Error } from '../../core/errors.ts'
import type { Identity, OpenDeps, Session } from '../../core/system.ts'
import { createHttpClient, type HttpClient, path } from '../../http/client.ts'
import { microsoft365About as about } from './about.ts'
import { type Connection, readConnection } from './connection.ts'
import { createGraph, type Graph } from './graph.ts'
import { readGraphError } from './graph-error.ts'
import { createPeople } from './people.ts'
import { missingRights, probeRights } from './rights.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { readSignInError } from './sign-in-error.ts'
import { readClaims } from './token-claims.ts'

const organizationSchema = z.object({
  value: z.array(z.object({ id: z.string(), displayName: z.string().nullish() })),
})

const contractSchema = z.object({ customerId: z.string().min(1), displayName: z.string().nullish() })

/** Signs in, and asks a person for it where `auth` is `device-code`. @throws K1Error `not-set-up`, `sign-in`, `usage` */
export async function openSession(settings: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session> {
  const connection = readConnection(settings)
  const { http: options, clock, prompt } = deps
  const desk = createHttpClient({
    baseUrl: connection.signInUrl,
    system: 'Microsoft Entra',
    http: options,
    clock,
    readError: readSignInError,
  })
  const base = `${connection.url}/v1.0`
  let http: HttpClient | undefined
  const close = async () => {
    await Promise.all([desk.close(), http?.close()])
  }
  try {
    const signIn = createSignIn(desk, connection, clock, prompt)
    http = createHttpClient({
      baseUrl: base,
      system: about.title,
      http: options,
      clock,
      authorize: signIn.authorize,
      onUnauthorized: signIn.renew,
      readError: (status, body) => readGraphError(status, body),
    })
    await signIn.token()
    const graph = createGraph(http, base, clock, options.signal)
    return {
      check: () => check(graph, signIn, connection),
      async tenants() {
        const contracts = await graph.list(path`/contracts`, contractSchema)
        return contracts.map(({ customerId, displayName }) => ({ id: customerId, name: displayName || customerId }))
      },
      tenantSetting: 'tenantId',
      people: createPeople(graph, connection, clock),
      // Other secrets stay as they were given.
      ...(connection.credentials.kind === 'device-code' ? { keep: () => kept(signIn) } : {}),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The newest sign-in of a person, for the next time. */
function kept(signIn: SignIn): Record<string, string> {
  const refreshToken = signIn.refreshToken()
  return refreshToken === undefined ? {} : { refreshToken }
}

async function check(graph: Graph, signIn: SignIn, connection: Connection): Promise<Identity> {
  const claims = readClaims(await signIn.token())
  const missing = claims === null ? await probeRights(graph) : missingRights(claims, connection)
  const person = claims?.upn ?? claims?.unique_name
  return {
    name: person ?? claims?.app_displayname ?? connection.clientId,
    email: person ?? '',
    tenant: await tenantName(graph, connection),
    missing,
  }
}

async function tenantName(graph: Graph, { tenantId }: Connection): Promise<string> {
  try {
    const { value } = await graph.get(path`/organization`, organizationSchema, { $select: 'id,displayName' })
    return value[0]?.displayName || tenantId
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'forbidden') throw error
    return tenantId
  }
}
