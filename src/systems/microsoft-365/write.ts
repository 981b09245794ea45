import { type Path, path } from '../../http/client.ts'

/**
 * One change in Graph. Only this file makes one, and only from its closed list: a path that was put together anywhere
 * else cannot be sent. A membership is removed with `/$ref`; without it Graph deletes the member itself
 * (learn.microsoft.com/graph/api/group-delete-members).
 */
class Write {
  readonly #isOurs = true
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: Path
  readonly json: unknown

  constructor(method: Write['method'], where: Path, json?: unknown) {
    this.method = method
    this.path = where
    this.json = json
  }

  /** Nothing that only looks like a change passes for one. */
  get isOurs(): boolean {
    return this.#isOurs
  }
}

export type { Write }

/** What can own, or be owned through, a reference. */
export type OwnedFolder = 'groups' | 'applications' | 'servicePrincipals'

export interface RoleGrant {
  principalId: string
  roleDefinitionId: string
  directoryScopeId: string
}

export interface GroupEligibility {
  principalId: string
  groupId: string
  accessId: 'member' | 'owner'
}

export interface AppRoleGrant {
  principalId: string
  resourceId: string
  appRoleId: string
}

export interface ConsentGiven {
  clientId: string
  principalId: string
  resourceId: string
  scope: string
}

export const setAccountEnabled = (userId: string, accountEnabled: boolean) =>
  new Write('PATCH', path`/users/${userId}`, { accountEnabled })

export const setPassword = (userId: string, password: string) =>
  new Write('PATCH', path`/users/${userId}`, { passwordProfile: { password, forceChangePasswordNextSignIn: true } })

/** Null: nothing ties the account to one in Active Directory. */
export const setImmutableId = (userId: string, onPremisesImmutableId: string | null) =>
  new Write('PATCH', path`/users/${userId}`, { onPremisesImmutableId })

export const revokeSessions = (userId: string) => new Write('POST', path`/users/${userId}/revokeSignInSessions`)

export const deleteMethod = (userId: string, folder: string, methodId: string) =>
  new Write('DELETE', path`/users/${userId}/authentication/${folder}/${methodId}`)

export const dropRole = (assignmentId: string) =>
  new Write('DELETE', path`/roleManagement/directory/roleAssignments/${assignmentId}`)

export const giveRole = (grant: RoleGrant) => new Write('POST', path`/roleManagement/directory/roleAssignments`, grant)

/** Privileged Identity Management takes wishes: `adminRemove` ends what somebody may become. */
const eligibilityWish = (remove: boolean) => ({
  action: remove ? 'adminRemove' : 'adminAssign',
  justification: remove ? 'Offboarding' : 'Offboarding undone',
  // Without a beginning it begins now.
  ...(remove ? {} : { scheduleInfo: { expiration: { type: 'noExpiration' } } }),
})

export const changeRoleEligibility = (grant: RoleGrant, remove: boolean) =>
  new Write('POST', path`/roleManagement/directory/roleEligibilityScheduleRequests`, {
    ...eligibilityWish(remove),
    ...grant,
  })

export const changeGroupEligibility = (grant: GroupEligibility, remove: boolean) =>
  new Write('POST', path`/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests`, {
    ...eligibilityWish(remove),
    ...grant,
  })

export const leaveGroup = (groupId: string, userId: string) =>
  new Write('DELETE', path`/groups/${groupId}/members/${userId}/$ref`)

export const joinGroup = (base: string, groupId: string, userId: string) =>
  new Write('POST', path`/groups/${groupId}/members/$ref`, { '@odata.id': `${base}/directoryObjects/${userId}` })

export const addOwner = (base: string, folder: OwnedFolder, objectId: string, userId: string) =>
  new Write('POST', path`/${folder}/${objectId}/owners/$ref`, { '@odata.id': `${base}/directoryObjects/${userId}` })

export const removeOwner = (folder: OwnedFolder, objectId: string, userId: string) =>
  new Write('DELETE', path`/${folder}/${objectId}/owners/${userId}/$ref`)

export const removeAppRole = (userId: string, assignmentId: string) =>
  new Write('DELETE', path`/users/${userId}/appRoleAssignments/${assignmentId}`)

export const giveAppRole = (grant: AppRoleGrant) =>
  new Write('POST', path`/users/${grant.principalId}/appRoleAssignments`, grant)

export const removeConsent = (grantId: string) => new Write('DELETE', path`/oauth2PermissionGrants/${grantId}`)

export const giveConsent = (consent: ConsentGiven) =>
  new Write('POST', path`/oauth2PermissionGrants`, { consentType: 'Principal', ...consent })

/** Both lists are required, also when one is empty. */
export const changeLicences = (
  userId: string,
  addLicenses: readonly { skuId: string; disabledPlans: readonly string[] }[],
  removeLicenses: readonly string[],
) => new Write('POST', path`/users/${userId}/assignLicense`, { addLicenses, removeLicenses })

export const setAutomaticReply = (userId: string, setting: Readonly<Record<string, string>>) =>
  new Write('PATCH', path`/users/${userId}/mailboxSettings`, { automaticRepliesSetting: setting })

export const setRule = (userId: string, ruleId: string, isEnabled: boolean) =>
  new Write('PATCH', path`/users/${userId}/mailFolders/inbox/messageRules/${ruleId}`, { isEnabled })

/** @param userId whose calendar it is. @param permissionId of somebody who may look into it */
export const closeCalendar = (userId: string, permissionId: string) =>
  new Write('DELETE', path`/users/${userId}/calendar/calendarPermissions/${permissionId}`)

export const openCalendar = (userId: string, who: { name: string; address: string }, role: string) =>
  new Write('POST', path`/users/${userId}/calendar/calendarPermissions`, {
    emailAddress: who,
    isInsideOrganization: true,
    isRemovable: true,
    role,
  })

/** The whole of somebody's OneDrive; nobody is written to about it. */
export const shareDrive = (driveId: string, email: string) =>
  new Write('POST', path`/drives/${driveId}/root/invite`, {
    recipients: [{ email }],
    roles: ['write'],
    requireSignIn: true,
    sendInvitation: false,
  })

export const unassignNumber = (telephoneNumber: string, numberType: string) =>
  new Write('POST', path`/admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber`, {
    telephoneNumber,
    numberType,
  })

export const assignNumber = (userId: string, telephoneNumber: string, numberType: string, category: string) =>
  new Write('POST', path`/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber`, {
    telephoneNumber,
    numberType,
    assignmentTargetId: userId,
    assignmentCategory: category,
  })

export const retireDevice = (deviceId: string) =>
  new Write('POST', path`/deviceManagement/managedDevices/${deviceId}/retire`)

export const lockDevice = (deviceId: string) =>
  new Write('POST', path`/deviceManagement/managedDevices/${deviceId}/remoteLock`)

export const wipeDevice = (deviceId: string) =>
  new Write('POST', path`/deviceManagement/managedDevices/${deviceId}/wipe`, {
    keepEnrollmentData: false,
    keepUserData: false,
  })

/** A device that is set up anew is nobody's beforehand. */
export const unassignAutopilot = (identityId: string) =>
  new Write('POST', path`/deviceManagement/windowsAutopilotDeviceIdentities/${identityId}/unassignUserFromDevice`)

export const disableDevice = (objectId: string) =>
  new Write('PATCH', path`/devices/${objectId}`, { accountEnabled: false })

/** The one way to delete a person; only the goal `deleted` uses it. */
export const deleteUser = (userId: string) => new Write('DELETE', path`/users/${userId}`)
