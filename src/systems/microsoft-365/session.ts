import { z } from 'zod'
import { once } from '../../core/once.ts'
import { type Part, partOf } from '../../core/parts.ts'
import type { Identity, OpenDeps, Session } from '../../core/system.ts'
import { createHttpClient, type HttpClient, path } from '../../http/client.ts'
import { microsoft365About as about } from './about.ts'
import { type Connection, readConnection } from './connection.ts'
import type { ExchangeAccess } from './exchange/open-exchange.ts'
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

/**
 * Of one application in one tenant, the smallest size (Microsoft Graph, "Service-specific throttling limits", identity
 * and access: 3,500 units in ten seconds). A request costs one unit or more: what is more, Graph's 429 tells.
 */
const rate = { requests: 3500, perMs: 10_000, by: 'all' } as const

/** Signs in, and asks a person for it where `auth` is `device-code`. @throws K1Error `not-set-up`, `sign-in`, `usage` */
export async function openSession(settings: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session> {
  const connection = readConnection(settings)
  const { http: options, clock, prompt, doing } = deps
  const desk = createHttpClient({
    baseUrl: connection.signInUrl,
    system: 'Microsoft Entra',
    http: options,
    clock,
    readError: readSignInError,
  })
  const base = `${connection.url}/v1.0`
  let http: HttpClient | undefined
  let opened: ExchangeAccess | undefined
  const close = async () => {
    await Promise.all([desk.close(), http?.close(), opened?.close()])
  }
  try {
    const signIn = createSignIn(desk, connection, clock, prompt)
    http = createHttpClient({
      baseUrl: base,
      system: about.title,
      http: options,
      clock,
      rate: { ...rate, of: `${connection.tenantId} ${connection.clientId}` },
      authorize: signIn.authorize,
      onUnauthorized: signIn.renew,
      readError: (status, body) => readGraphError(status, body),
    })
    await signIn.token()
    const graph = createGraph(http, base, clock, options)
    const exchange = once(async () => {
      const { openExchange } = await import('./exchange/open-exchange.ts')
      opened = await openExchange(connection, signIn, deps)
      return opened
    })
    return {
      check: () => check(graph, signIn, connection, exchange),
      async tenants() {
        const contracts = await graph.list(path`/contracts`, contractSchema)
        return contracts.map(({ customerId, displayName }) => ({ id: customerId, name: displayName || customerId }))
      },
      tenantSetting: 'tenantId',
      people: createPeople({
        graph,
        connection,
        clock,
        doing,
        openExchange: exchange,
        claims: async () => readClaims(await signIn.token()),
      }),
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

async function check(
  graph: Graph,
  signIn: SignIn,
  connection: Connection,
  exchange: () => Promise<ExchangeAccess>,
): Promise<Identity> {
  const claims = readClaims(await signIn.token())
  const [{ lacks, hidden }, missing, person, tenant] = await Promise.all([
    exchange(),
    claims === null ? probeRights(graph) : missingRights(claims, connection),
    connection.credentials.kind === 'device-code' ? whoAmI(graph) : undefined,
    tenantName(graph, connection),
  ])
  const claimed = claims?.upn ?? claims?.unique_name
  return {
    name: person?.userPrincipalName ?? claimed ?? claims?.app_displayname ?? connection.clientId,
    email: person?.mail || (person?.userPrincipalName ?? claimed ?? ''),
    tenant: tenant.name,
    missing: [...missing, ...lacks, ...(connection.removesLicences ? hidden : []), ...tenant.unseen],
  }
}

const meSchema = z.object({ userPrincipalName: z.string().min(1), mail: z.string().nullish() })

/** Of a person Graph says who they are, as their account is found here; undefined where it does not. */
async function whoAmI(graph: Graph): Promise<z.infer<typeof meSchema> | undefined> {
  return (await tolerated(graph.get(path`/me`, meSchema, { $select: 'userPrincipalName,mail' }))).value
}

/** A name is for people to read: without one, the tenant is called by its id, and keeping somebody out goes on. */
async function tenantName(graph: Graph, { tenantId }: Connection): Promise<{ name: string; unseen: string[] }> {
  const found = await tolerated(graph.get(path`/organization`, organizationSchema, { $select: 'id,displayName' }))
  const name = found.value?.value[0]?.displayName || tenantId
  const { error } = found
  const unseen = error === undefined || error.kind === 'forbidden' ? [] : [`The tenant was not shown: ${error.message}`]
  return { name, unseen }
}

async function tolerated<T>(read: Promise<T>): Promise<Part<T>> {
  const part = await partOf(read)
  if (part.error?.kind === 'sign-in') throw part.error
  return part
}
