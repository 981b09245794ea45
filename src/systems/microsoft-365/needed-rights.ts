/** What of a connection asks for more rights. */
interface Wishes {
  removesLicences: boolean
  searchesMailboxes: boolean
  clearsImmutableId: boolean
  unassignsAutopilot: boolean
  autoReply: string | undefined
}

/** A right, with the calls that need it. */
export interface GraphRight {
  what: string
  calls: readonly string[]
  /** One is enough, the least first (Microsoft's permission tables, on the page of each call). */
  oneOf: readonly string[]
  /** Directory roles (template ids) of the app or the person that do as well. */
  orRole?: readonly string[]
  /** Not in every connection; `when` says so. */
  only?: (connection: Wishes) => boolean
  when?: string
  /** Only an option of a call asks for it: told with `when` where it is missing. */
  ofCall?: true
}

const directoryWriter = 'Directory.ReadWrite.All'
const usersWriter = 'User.ReadWrite.All'
const groupsWriter = 'Group.ReadWrite.All'
const administrators = [
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
]

export const neededRights: readonly GraphRight[] = [
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
    calls: [
      'GET /users/{id}/authentication/methods',
      'GET /users/{id}/authentication/externalAuthenticationMethods',
      'DELETE /users/{id}/authentication/{kind}/{id}',
    ],
    oneOf: ['UserAuthenticationMethod.ReadWrite.All'],
  },
  {
    what: 'take away roles',
    calls: [
      'GET /roleManagement/directory/roleAssignments',
      'DELETE /roleManagement/directory/roleAssignments/{id}',
      'GET /roleManagement/directory/roleEligibilityScheduleInstances',
      'POST /roleManagement/directory/roleEligibilityScheduleRequests',
    ],
    oneOf: ['RoleManagement.ReadWrite.Directory'],
  },
  {
    what: 'take away groups that may be activated',
    calls: [
      'GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances',
      'POST /identityGovernance/privilegedAccess/group/eligibilityScheduleRequests',
    ],
    oneOf: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
  },
  {
    what: 'read the name of the tenant',
    calls: ['GET /organization'],
    oneOf: ['Organization.Read.All', 'Directory.Read.All', directoryWriter],
  },
  {
    // Without it memberOf shows of each group nothing but its id.
    what: 'see what the groups of a person are',
    calls: [
      'GET /users/{id}/memberOf',
      'GET /users/{id}/ownedObjects',
      'GET /users/{id}/registeredDevices',
      'GET /groups',
    ],
    oneOf: ['Directory.Read.All', directoryWriter],
  },
  {
    // Microsoft, permissions reference: hidden memberships of groups and administrative units are left out without it.
    what: 'see groups that hide their members',
    calls: ['GET /users/{id}/memberOf'],
    oneOf: ['Member.Read.Hidden'],
  },
  {
    what: 'take people out of groups',
    calls: ['DELETE /groups/{id}/members/{id}/$ref'],
    oneOf: ['GroupMember.ReadWrite.All', groupsWriter, directoryWriter],
  },
  {
    what: 'remove app roles',
    calls: ['GET /users/{id}/appRoleAssignments', 'DELETE /users/{id}/appRoleAssignments/{id}'],
    oneOf: ['AppRoleAssignment.ReadWrite.All'],
  },
  {
    what: 'remove consents',
    calls: ['GET /users/{id}/oauth2PermissionGrants', 'DELETE /oauth2PermissionGrants/{id}'],
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
    what: 'see whether BitLocker recovery keys are kept, not what they are',
    calls: ['GET /informationProtection/bitlocker/recoveryKeys'],
    oneOf: ['BitlockerKey.ReadBasic.All', 'BitlockerKey.Read.All'],
    // Of each device it is said whether that was seen.
    only: () => false,
    when: 'for Windows devices',
  },
  {
    what: 'free devices in Windows Autopilot',
    calls: [
      'GET /deviceManagement/windowsAutopilotDeviceIdentities',
      'GET /deviceManagement/windowsAutopilotDeviceIdentities/{id}',
      'POST /deviceManagement/windowsAutopilotDeviceIdentities/{id}/unassignUserFromDevice',
    ],
    oneOf: ['DeviceManagementServiceConfig.ReadWrite.All'],
    only: ({ unassignsAutopilot }) => unassignsAutopilot,
    when: 'with autopilot=unassigned',
  },
  {
    what: "leave others' calendars",
    calls: ['GET /users/{id}/calendar/calendarPermissions', 'DELETE /users/{id}/calendar/calendarPermissions/{id}'],
    oneOf: ['Calendars.ReadWrite'],
    only: ({ searchesMailboxes }) => searchesMailboxes,
    when: 'with othersMailboxes=left',
  },
  {
    what: 'see which meetings they organised',
    calls: ['GET /users/{id}/calendarView'],
    oneOf: ['Calendars.Read', 'Calendars.ReadWrite'],
    only: () => false,
    when: 'with --cancel-meetings',
  },
  {
    // That an app may is Microsoft's page; github.com/microsoftgraph/msgraph-sdk-powershell/issues/3267 says that a
    // person's Directory.AccessAsUser.All was asked for.
    what: 'clear the immutable id',
    calls: ['PATCH /users/{id}'],
    oneOf: [usersWriter, directoryWriter],
    only: ({ clearsImmutableId }) => clearsImmutableId,
    when: 'with immutableId=cleared',
  },
  {
    what: 'remove licences',
    calls: ['POST /users/{id}/assignLicense', 'GET /subscribedSkus'],
    oneOf: ['LicenseAssignment.ReadWrite.All', usersWriter, directoryWriter],
    only: ({ removesLicences }) => removesLicences,
    when: 'with licences=remove',
  },
  {
    what: 'disable rules that send mail out, and set the automatic reply',
    calls: [
      'GET /users/{id}/mailFolders/inbox/messageRules',
      'PATCH /users/{id}/mailFolders/inbox/messageRules/{id}',
      'GET /users/{id}/mailboxSettings',
      'PATCH /users/{id}/mailboxSettings',
    ],
    oneOf: ['MailboxSettings.ReadWrite'],
  },
  {
    what: 'free a telephone number in Teams',
    calls: [
      'GET /admin/teams/telephoneNumberManagement/numberAssignments',
      'POST /admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber',
    ],
    oneOf: ['TeamsTelephoneNumber.ReadWrite.All'],
    only: () => false,
    when: 'where the tenant has numbers in Teams',
  },
  {
    what: 'hand over OneDrive',
    calls: ['GET /users/{id}/drive', 'GET /drives/{id}/root/permissions', 'POST /drives/{id}/root/invite'],
    oneOf: ['Files.ReadWrite.All', 'Sites.ReadWrite.All'],
    only: () => false,
    when: 'with --successor',
  },
  {
    what: 'hand over groups',
    calls: ['POST /groups/{id}/owners/$ref', 'DELETE /groups/{id}/owners/{id}/$ref'],
    oneOf: [groupsWriter, directoryWriter],
    ofCall: true,
    when: 'with --successor',
  },
  {
    what: 'hand over applications',
    calls: ['POST /applications/{id}/owners/$ref', 'DELETE /servicePrincipals/{id}/owners/{id}/$ref'],
    oneOf: ['Application.ReadWrite.All', directoryWriter],
    ofCall: true,
    when: 'with --successor',
  },
  {
    what: 'delete people',
    calls: ['DELETE /users/{id}'],
    oneOf: ['User.DeleteRestore.All', usersWriter, directoryWriter],
    ofCall: true,
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
