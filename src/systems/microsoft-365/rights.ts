import { z } from 'zod'
import { isK1Error } from '../../core/errors.ts'
import { type Path, path } from '../../http/client.ts'
import type { Connection } from './connection.ts'
import type { Graph } from './graph.ts'
import { hasNoIntune } from './graph-error.ts'
import type { TokenClaims } from './token-claims.ts'

interface Right {
  what: string
  /** One is enough, the least first (Microsoft's permission tables). */
  oneOf: readonly string[]
  /** Directory roles (template ids) of the app or the person that do as well. */
  orRole?: readonly string[]
  only?: (connection: Connection) => boolean
}

const directoryWriter = 'Directory.ReadWrite.All'
const usersWriter = 'User.ReadWrite.All'
const administrators = [
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
]

const rights: readonly Right[] = [
  { what: 'read users', oneOf: ['User.Read.All', usersWriter, 'Directory.Read.All', directoryWriter] },
  { what: 'block sign-in', oneOf: ['User.EnableDisableAccount.All', usersWriter, directoryWriter] },
  { what: 'end sessions', oneOf: ['User.RevokeSessions.All', usersWriter, directoryWriter] },
  {
    what: 'set a new password',
    oneOf: ['User-PasswordProfile.ReadWrite.All', 'Directory.AccessAsUser.All'],
    orRole: administrators,
  },
  { what: 'remove authentication methods', oneOf: ['UserAuthenticationMethod.ReadWrite.All'] },
  { what: 'take away roles', oneOf: ['RoleManagement.ReadWrite.Directory'] },
  { what: 'take people out of groups', oneOf: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', directoryWriter] },
  { what: 'remove app roles', oneOf: ['AppRoleAssignment.ReadWrite.All'] },
  { what: 'remove consents', oneOf: ['DelegatedPermissionGrant.ReadWrite.All', directoryWriter] },
  {
    what: 'read devices in Intune',
    oneOf: ['DeviceManagementManagedDevices.Read.All', 'DeviceManagementManagedDevices.ReadWrite.All'],
  },
  { what: 'retire, lock and wipe devices', oneOf: ['DeviceManagementManagedDevices.PrivilegedOperations.All'] },
  { what: 'disable devices', oneOf: ['Device.ReadWrite.All', directoryWriter, 'Directory.AccessAsUser.All'] },
  {
    what: 'remove licences',
    oneOf: ['LicenseAssignment.ReadWrite.All', usersWriter, directoryWriter],
    only: ({ removesLicences }) => removesLicences,
  },
  {
    what: 'set the automatic reply',
    oneOf: ['MailboxSettings.ReadWrite'],
    only: ({ autoReply }) => autoReply !== undefined,
  },
]

const where =
  'Grant it in the Microsoft Entra admin center: App registrations, API permissions, then "Grant admin consent".'

/** The rights that a token lacks by its own words, each a sentence. */
export function missingRights(claims: TokenClaims, connection: Connection): string[] {
  const granted = new Set([...(claims.roles ?? []), ...(claims.scp ?? '').split(' ')])
  const held = new Set(claims.wids ?? [])
  return rights
    .filter(({ only }) => only?.(connection) ?? true)
    .filter(right => !right.oneOf.some(one => granted.has(one)) && !(right.orRole ?? []).some(role => held.has(role)))
    .map(({ what, oneOf: [least, ...others] }) => {
      const alternatives = others.length === 0 ? '' : ` (or ${others.join(', ')})`
      return `${least}${alternatives} is missing, to ${what}. ${where}`
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

/** The same of a token that says nothing: what may be read is tried; nothing is written to find out. */
export async function probeRights(graph: Graph): Promise<string[]> {
  const tried = probes.map(async ({ what, right, path: place }) => {
    try {
      await graph.get(place, z.object({ value: z.array(z.unknown()) }), { $top: 1 })
      return []
    } catch (error) {
      if (hasNoIntune(error)) return []
      if (isK1Error(error) && error.kind === 'forbidden') return [`${right} is missing, to ${what}. ${where}`]
      throw error
    }
  })
  return (await Promise.all(tried)).flat()
}
