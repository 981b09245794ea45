import { z } from 'zod'
import { isK1Error } from '../../core/errors.ts'
import type { Part } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const methodSchema = z.object({
  '@odata.type': z.string(),
  id: z.string().min(1),
  displayName: z.string().nullish(),
})

/** Those of an outside provider have a list of their own, which may leave the type to the address. */
const externalSchema = methodSchema.extend({
  '@odata.type': z.string().default('#microsoft.graph.externalAuthenticationMethod'),
})

export type Method = z.infer<typeof methodSchema>

/** Where each kind is deleted (learn.microsoft.com/graph/api/resources/authenticationmethods-overview, v1.0). */
export const folders: Readonly<Record<string, string>> = {
  email: 'emailMethods',
  external: 'externalAuthenticationMethods',
  fido2: 'fido2Methods',
  microsoftAuthenticator: 'microsoftAuthenticatorMethods',
  phone: 'phoneMethods',
  platformCredential: 'platformCredentialMethods',
  softwareOath: 'softwareOathMethods',
  temporaryAccessPass: 'temporaryAccessPassMethods',
  windowsHelloForBusiness: 'windowsHelloForBusinessMethods',
}

/** Ids of phone methods are the same for everybody (learn.microsoft.com/graph/api/phoneauthenticationmethod-delete). */
const mobile = '3179e48a-750b-4051-897c-87b9720928f7'
const alternateMobile = 'b6332ec1-7057-4abe-9331-3d72feddfe41'

export interface Methods {
  methods: Method[]
  /** Whether an outside provider vouches for the person, too, could not be seen. */
  external: Part<Method[]>
}

export async function readMethods(graph: Graph, id: string): Promise<Methods> {
  const [methods, external] = await graph.lists([
    { where: path`/users/${id}/authentication/methods`, item: methodSchema },
    { where: path`/users/${id}/authentication/externalAuthenticationMethods`, item: externalSchema },
  ])
  if (methods.error !== undefined) throw methods.error
  const others = hasNone(external) ? { value: [] } : external
  const all = [...methods.value, ...(others.value ?? [])]
  return { methods: [...new Map(all.map(one => [one.id, one])).values()], external: others }
}

/** A cloud that does not know of such methods. */
function hasNone({ error }: Part<unknown>): boolean {
  return isK1Error(error) && error.kind === 'rejected' && /not found for the segment/i.test(error.message)
}

/** `#microsoft.graph.phoneAuthenticationMethod` is `phone`. */
export function typeOf(method: Method): string {
  return method['@odata.type'].replace(/^#microsoft\.graph\./, '').replace(/(?:Authentication)?Method$/, '')
}

export function folderOf(method: Method): string | undefined {
  return folders[typeOf(method)]
}

/** A mobile number cannot go while there is an alternate one: it goes in a second request. */
export function goesSecond({ id }: { id: string }, all: readonly { id: string }[]): boolean {
  return id === mobile && all.some(one => one.id === alternateMobile)
}

/** What stays, as sentences. The password is none of it: it is changed. */
export function cannotGo(methods: readonly Method[]): string[] {
  return methods
    .filter(method => folderOf(method) === undefined && typeOf(method) !== 'password')
    .map(
      method =>
        `The sign-in method ${typeOf(method)} cannot be removed over Graph v1.0: remove it in the Entra admin center.`,
    )
}
