/** What of a connection asks for more rights. */
interface Wishes {
  removesLicences: boolean
  autoReply: string | undefined
}

/** A right, with the calls that need it. */
export interface NeededRight {
  what: string
  calls: readonly string[]
  /** One is enough, the least first (Microsoft's permission tables, on the page of each call). */
  oneOf: readonly string[]
  /** Directory roles (template ids) of the app or the person that do as well. */
  orRole?: readonly string[]
  /** Not in every connection; `when` says so. */
  only?: (connection: Wishes) => boolean
  when?: string
}

const directoryWriter = 'Directory.ReadWrite.All'
const usersWriter = 'User.ReadWrite.All'
const groupsWriter = 'Group.ReadWrite.All'
const administrators = [
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
]

export const neededRights: readonly NeededRight[] = [
  {
    what: 'read users',
    calls: ['GET /users', 'GET /users/{id}'],
    oneOf: ['User.Read.All', usersWriter, 'Directory.Read.All', directoryWriter],
  },
  {
    what: 'block sign-in',
    calls: ['PATCH /users/{id}'],
    oneOf: ['User.EnableDisableAccount.All', usersWriter, directoryWriter],
  },
  {
    what: 'end sessions',
    calls: ['POST /users/{id}/revokeSignInSessions'],
    oneOf: ['User.RevokeSessions.All', usersWriter, directoryWriter],
  },
  {
    what: 'set a new password',
    calls: ['PATCH /users/{id}'],
    oneOf: ['User-PasswordProfile.ReadWrite.All', 'Directory.AccessAsUser.All'],
    orRole: administrators,
  },
  {
    what: 'remove authentication methods',
    calls: ['GET /users/{id}/authentication/methods', 'DELETE /users/{id}/authentication/{kind}/{id}'],
    oneOf: ['UserAuthenticationMethod.ReadWrite.All'],
  },
  {
    what: 'take away roles',
    calls: [
      'GET /roleManagement/directory/roleAssignments',
      'DELETE /roleManagement/directory/roleAssignments/{id}',
      'GET /roleManagement/directory/roleEligibilityScheduleInstances',
    ],
    oneOf: ['RoleManagement.ReadWrite.Directory'],
  },
  {
    // Without it memberOf shows of each group nothing but its id.
    what: 'see what the groups of a person are',
    calls: ['GET /users/{id}/memberOf', 'GET /users/{id}/ownedObjects', 'GET /users/{id}/registeredDevices'],
    oneOf: ['Directory.Read.All', directoryWriter],
  },
  {
    what: 'take people out of groups',
    calls: ['DELETE /groups/{id}/members/{id}/$ref'],
    oneOf: ['GroupMember.ReadWrite.All', groupsWriter, directoryWriter],
  },
  {
    what: 'remove app roles',
    calls: ['DELETE /users/{id}/appRoleAssignments/{id}'],
    oneOf: ['AppRoleAssignment.ReadWrite.All'],
  },
  {
    what: 'remove consents',
    calls: ['DELETE /oauth2PermissionGrants/{id}'],
    oneOf: ['DelegatedPermissionGrant.ReadWrite.All', directoryWriter],
  },
  {
    what: 'read devices in Intune',
    calls: ['GET /users/{id}/managedDevices', 'GET /deviceManagement/managedDevices/{id}'],
    oneOf: ['DeviceManagementManagedDevices.Read.All', 'DeviceManagementManagedDevices.ReadWrite.All'],
  },
  {
    what: 'retire, lock and wipe devices',
    calls: [
      'POST /deviceManagement/managedDevices/{id}/retire',
      'POST /deviceManagement/managedDevices/{id}/remoteLock',
      'POST /deviceManagement/managedDevices/{id}/wipe',
    ],
    oneOf: ['DeviceManagementManagedDevices.PrivilegedOperations.All'],
  },
  {
    what: 'disable devices',
    calls: ['PATCH /devices/{id}'],
    oneOf: ['Device.ReadWrite.All', directoryWriter, 'Directory.AccessAsUser.All'],
  },
  {
    what: 'remove licences',
    calls: ['POST /users/{id}/assignLicense'],
    oneOf: ['LicenseAssignment.ReadWrite.All', usersWriter, directoryWriter],
    only: ({ removesLicences }) => removesLicences,
    when: 'with licences=remove',
  },
  {
    what: 'set the automatic reply',
    calls: ['GET /users/{id}/mailboxSettings', 'PATCH /users/{id}/mailboxSettings'],
    oneOf: ['MailboxSettings.ReadWrite'],
    only: ({ autoReply }) => autoReply !== undefined,
    when: 'with autoReply',
  },
  {
    what: 'hand over groups',
    calls: ['POST /groups/{id}/owners/$ref', 'DELETE /groups/{id}/owners/{id}/$ref'],
    oneOf: [groupsWriter, directoryWriter],
    only: () => false,
    when: 'with --successor',
  },
  {
    what: 'hand over applications',
    calls: ['POST /applications/{id}/owners/$ref', 'DELETE /servicePrincipals/{id}/owners/{id}/$ref'],
    oneOf: ['Application.ReadWrite.All', directoryWriter],
    only: () => false,
    when: 'with --successor',
  },
  {
    what: 'delete people',
    calls: ['DELETE /users/{id}'],
    oneOf: [usersWriter, directoryWriter],
    only: () => false,
    when: 'with --delete',
  },
]

/** "User.Read.All (or User.ReadWrite.All): to read users". */
export function toldRights(): string[] {
  return neededRights.map(({ what, oneOf: [least, ...others], when }) => {
    const alternatives = others.length === 0 ? '' : ` (or ${others.join(', ')})`
    return `${least}${alternatives}: to ${what}${when === undefined ? '' : `, ${when}`}`
  })
}

/** The least permission of each, a line each, as the page of an app registration takes them. */
export function pastedRights(): string {
  return [...new Set([...neededRights.flatMap(({ oneOf: [least] }) => least ?? []), 'Directory.Read.All'])]
    .sort()
    .join('\n')
}
