import { z } from 'zod'
import { isK1Error } from '../../core/errors.ts'
import { type Path, path } from '../../http/client.ts'
import type { Connection } from './connection.ts'
import type { Graph } from './graph.ts'
import { hasNoIntune } from './graph-error.ts'
import { neededRights } from './needed-rights.ts'
import type { TokenClaims } from './token-claims.ts'

const where =
  'Grant it in the Microsoft Entra admin center: App registrations, API permissions, then "Grant admin consent".'

/** The rights that a token lacks by its own words, each a sentence. */
export function missingRights(claims: TokenClaims, connection: Connection): string[] {
  const granted = new Set([...(claims.roles ?? []), ...(claims.scp ?? '').split(' ')])
  const held = new Set(claims.wids ?? [])
  return neededRights
    .filter(({ only }) => only?.(connection) ?? true)
    .filter(right => !right.oneOf.some(one => granted.has(one)) && !(right.orRole ?? []).some(role => held.has(role)))
    .map(({ what, oneOf: [least, ...others], ofCall, when }) => {
      const alternatives = others.length === 0 ? '' : ` (or ${others.join(', ')})`
      const asked = ofCall === undefined ? '' : `, only ${when}`
      return `${least}${alternatives} is missing, to ${what}${asked}. ${where}`
    })
}

const probes: readonly { what: string; right: string; path: Path }[] = [
  { what: 'read users', right: 'User.Read.All', path: path`/users` },
  { what: 'read groups', right: 'GroupMember.ReadWrite.All', path: path`/groups` },
  {
    what: 'read roles',
    right: 'RoleManagement.ReadWrite.Directory',
    path: path`/roleManagement/directory/roleAssignments`,
  },
  {
    what: 'read devices in Intune',
    right: 'DeviceManagementManagedDevices.Read.All',
    path: path`/deviceManagement/managedDevices`,
  },
]

/**
 * The same of a token that says nothing: what may be read is tried; nothing is written to find out, so what needs more
 * than reading is named.
 */
export async function probeRights(graph: Graph): Promise<string[]> {
  const tried = probes.map(async ({ what, right, path: place }) => {
    try {
      await graph.get(place, z.object({ value: z.array(z.unknown()) }), { $top: 1 })
      return []
    } catch (error) {
      if (hasNoIntune(error)) return []
      if (!isK1Error(error) || error.kind === 'sign-in' || error.kind === 'cancelled') throw error
      if (error.kind === 'forbidden') return [`${right} is missing, to ${what}. ${where}`]
      return [`Whether ${right} is there, to ${what}, could not be seen: ${error.message}`]
    }
  })
  const found = (await Promise.all(tried)).flat()
  const unknown = neededRights.filter(
    ({ calls, only, ofCall }) =>
      only === undefined && ofCall === undefined && calls.some(one => !one.startsWith('GET')),
  )
  return [
    ...found,
    `The token does not tell its rights; not checked: to ${unknown.map(({ what }) => what).join(', ')}.`,
  ]
}
