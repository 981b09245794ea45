import type { Cloud, CloudUser, Organization } from './cloud.ts'
import { envelopeOf, filtered } from './page.ts'
import { Refusal } from './refusal.ts'
import { inOrganization, needed, ok, type Route, type RouteCall } from './route.ts'

/** API 1: people, and what they sign in with. */
export const userRoutes: readonly Route[] = [
  inOrganization('GET', '/api/systemusers', ({ organization, query, cloud }) => {
    const rows = filtered(
      organization.users.map(user => shown(user, organization, cloud)),
      query,
      1,
    )
    if (query.get('sort') === '_id') rows.sort((a, b) => (a._id < b._id ? -1 : 1))
    return ok(envelopeOf(rows, query))
  }),
  inOrganization('GET', '/api/systemusers/{id}', call => ok(shownOf(call))),
  inOrganization('PUT', '/api/systemusers/{id}', putUser),
  inOrganization('DELETE', '/api/systemusers/{id}', deleteUser),
  inOrganization('POST', '/api/systemusers/{id}/expire', call => {
    userOf(call).password_expired = true
    return ok('OK')
  }),
  inOrganization('POST', '/api/systemusers/{id}/resetmfa', call => {
    const user = userOf(call)
    user.totp_enabled = false
    return ok('OK')
  }),
  inOrganization('GET', '/api/systemusers/{id}/sshkeys', call => ok(userOf(call).sshKeys)),
  inOrganization('DELETE', '/api/systemusers/{systemuser_id}/sshkeys/{id}', call => {
    const user = userOf(call)
    const key = needed(
      user.sshKeys.find(one => one._id === call.ids[1]),
      'SSH key',
    )
    user.sshKeys = user.sshKeys.filter(one => one !== key)
    return ok('OK')
  }),
  inOrganization('GET', '/api/v2/users/{user_id}/pushendpoints', call => ok(userOf(call).pushEndpoints)),
  inOrganization('DELETE', '/api/v2/users/{user_id}/pushendpoints/{push_endpoint_id}', call => {
    const user = userOf(call)
    const endpoint = needed(
      user.pushEndpoints.find(one => one.id === call.ids[1]),
      'Push endpoint',
    )
    user.pushEndpoints = user.pushEndpoints.filter(one => one !== endpoint)
    return ok(endpoint)
  }),
]

export function userOf({ organization, ids }: RouteCall): CloudUser {
  return needed(
    organization.users.find(user => user._id === ids[0]),
    'User',
  )
}

function shownOf(call: RouteCall) {
  return shown(userOf(call), call.organization, call.cloud)
}

function shown(user: CloudUser, { id: organization }: Organization, { administrators, quirks }: Cloud) {
  const { webAuthn, sshKeys, pushEndpoints, ...fields } = user
  const status = (is: boolean) => (is ? 'ENROLLED' : 'NOT_ENROLLED')
  const admin = administrators.find(one => one.email === user.email)
  return {
    ...fields,
    organization,
    account_locked: false,
    displayname: '',
    mfa: { configured: user.totp_enabled, exclusion: false },
    mfaEnrollment: {
      overallStatus: status(user.totp_enabled || webAuthn || pushEndpoints.length > 0),
      pushStatus: status(pushEndpoints.length > 0),
      totpStatus: status(user.totp_enabled),
      webAuthnStatus: status(webAuthn),
    },
    ssh_keys: sshKeys,
    ...(quirks.has('adminFieldMissing') ? {} : { admin: admin ? { id: admin.id, roleName: admin.roleName } : null }),
  }
}

function putUser(call: RouteCall) {
  const user = userOf(call)
  const { state, suspended } = call.body
  if (state !== undefined && state !== 'ACTIVATED' && state !== 'SUSPENDED') throw new Refusal(400, 'Invalid state')
  if (suspended !== undefined && typeof suspended !== 'boolean') throw new Refusal(400, 'suspended is not a boolean')
  if (state !== undefined && suspended !== undefined && (state === 'SUSPENDED') !== suspended) {
    throw new Refusal(400, 'Cannot save conflicting state and suspended fields')
  }
  const blocked = suspended ?? (state === undefined ? undefined : state === 'SUSPENDED')
  if (blocked !== undefined) {
    user.suspended = blocked
    user.state = blocked ? 'SUSPENDED' : 'ACTIVATED'
  }
  return ok(shownOf(call))
}

function deleteUser(call: RouteCall) {
  const { organization, query } = call
  const user = userOf(call)
  const body = shownOf(call)
  const cascade = query.get('cascade_manager')
  const reports = organization.users.filter(one => one.manager === user._id)
  if (reports.length > 0 && cascade === null) {
    throw new Refusal(409, 'This user is the manager of other users. Use cascade_manager.')
  }
  const next = cascade === 'automatic' ? user.manager : cascade === 'null' || cascade === null ? undefined : cascade
  if (next !== undefined)
    needed(
      organization.users.find(one => one._id === next),
      'New manager',
    )
  for (const report of reports) {
    delete report.manager
    if (next !== undefined && next !== report._id) report.manager = next
  }
  organization.users = organization.users.filter(one => one !== user)
  organization.members = organization.members.filter(one => one.user !== user._id)
  organization.associations = organization.associations.filter(edge => edge.from !== user._id)
  organization.jobs = organization.jobs
    .map(job => ({ ...job, users: job.users.filter(id => id !== user._id) }))
    .filter(job => job.users.length > 0)
  return ok(body)
}

/** For control: an attribute that no call of the contract sets. */
export function alterUser(organization: Organization, email: string, change: Record<string, unknown>): boolean {
  const user = organization.users.find(one => one.email === email)
  if (user) Object.assign(user, change)
  return user !== undefined
}
