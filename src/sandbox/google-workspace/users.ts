import { bodyOf, type GoogleCall, noContent, ok, page, type Route, textIn } from './call.ts'
import { GoogleError, invalid, notAuthorized, notFound } from './google-error.ts'
import { type GoogleState, type GoogleUserState, superAdminRoleId } from './state.ts'

const base = '/admin/directory/v1/users'
const user = 'admin.directory.user'
const security = 'admin.directory.user.security'

/** By id, primary e-mail or alias. An address outside the domain is none of ours: 403, not 404. */
export function findUser({ state }: GoogleCall, key: string): GoogleUserState {
  const wanted = key.toLowerCase()
  const all = [...state.users.values()]
  const found = all.find(one => one.id === key) ?? all.find(one => addressesOf(one).includes(wanted))
  if (found?.deletedAt != null) {
    if (found.id === key) throw new GoogleError(412, 'conditionNotMet', 'User is deleted.')
    throw notFound('userKey')
  }
  if (found) return found
  if (key.includes('@') && !wanted.endsWith(`@${state.domain}`)) throw notAuthorized()
  throw notFound('userKey')
}

function addressesOf({ primaryEmail, aliases }: GoogleUserState): string[] {
  return [primaryEmail, ...aliases].map(one => one.toLowerCase())
}

/** Only a super administrator may touch administrators. */
export function mayChange({ admin, state }: GoogleCall, target: GoogleUserState): void {
  const holdsRole = state.assignments.some(one => one.assignedTo === target.id)
  if (!admin.isAdmin && (target.isAdmin || holdsRole)) throw notAuthorized()
}

function shownUser({ state }: GoogleCall, one: GoogleUserState) {
  const isDelegatedAdmin = !one.isAdmin && state.assignments.some(role => role.assignedTo === one.id)
  return {
    kind: 'admin#directory#user',
    id: one.id,
    etag: `"${one.id}"`,
    primaryEmail: one.primaryEmail,
    name: { givenName: one.givenName, familyName: one.familyName, fullName: `${one.givenName} ${one.familyName}` },
    isAdmin: one.isAdmin,
    isDelegatedAdmin,
    lastLoginTime: one.lastLoginTime,
    creationTime: '2021-03-01T09:00:00.000Z',
    agreedToTerms: true,
    suspended: one.suspended,
    ...(one.suspended ? { suspensionReason: 'ADMIN' } : {}),
    archived: one.archived,
    changePasswordAtNextLogin: false,
    ipWhitelisted: false,
    emails: [{ address: one.primaryEmail, primary: true }],
    ...(one.aliases.length > 0 ? { aliases: one.aliases } : {}),
    nonEditableAliases: [`${one.primaryEmail}.test-google-a.com`],
    customerId: state.customerId,
    orgUnitPath: one.orgUnitPath,
    isMailboxSetup: true,
    isEnrolledIn2Sv: one.codes.length > 0,
    isEnforcedIn2Sv: false,
    includeInGlobalAddressList: one.includeInGlobalAddressList,
    ...(one.recoveryEmail === '' ? {} : { recoveryEmail: one.recoveryEmail }),
    ...(one.recoveryPhone === '' ? {} : { recoveryPhone: one.recoveryPhone }),
  }
}

function listUsers(call: GoogleCall) {
  if (call.query.get('customer') === null && call.query.get('domain') === null) throw invalid('Bad Request')
  const wanted = readQuery(call.query.get('query') ?? '')
  const all = [...call.state.users.values()].filter(one => one.deletedAt === null && wanted(one))
  const { items, next } = page(call, all, 100)
  const users = items.map(one => shownUser(call, one))
  return ok({ kind: 'admin#directory#users', etag: '"users"', ...(users.length > 0 ? { users } : {}), ...next })
}

/** Of the search language: `isAdmin=true`, and `email='…'` with `\` before a quote. */
function readQuery(text: string): (one: GoogleUserState) => boolean {
  if (text === '') return () => true
  const flag = /^isAdmin=(true|false)$/.exec(text)
  if (flag) return one => one.isAdmin === (flag[1] === 'true')
  const email = /^email='((?:[^'\\]|\\.)*)'$/.exec(text)?.[1]?.replace(/\\(.)/g, '$1').toLowerCase()
  if (email !== undefined) return one => addressesOf(one).includes(email)
  throw invalid('Invalid Input: query')
}

const texts = ['recoveryEmail', 'recoveryPhone', 'orgUnitPath'] as const
const flags = ['suspended', 'archived', 'includeInGlobalAddressList'] as const

function updateUser(call: GoogleCall) {
  const one = findUser(call, call.params.userKey ?? '')
  mayChange(call, one)
  const body = bodyOf(call)
  // Reported of combined changes: SamuZad/terraform-provider-googleworkspace PR 22.
  if (body.has('suspended') && body.size > 1) throw invalid('Invalid Input: suspended')
  const place = body.get('orgUnitPath')
  if (typeof place === 'string' && !call.state.orgUnits.includes(place)) throw invalid('Invalid Input: INVALID_OU_ID')
  const password = body.get('password')
  if (password !== undefined) {
    if (typeof password !== 'string' || password.length < 8 || password.length > 100) throw invalid('Invalid Password')
    one.passwordChanges += 1
  }
  for (const name of texts) {
    const value = body.get(name)
    if (typeof value === 'string') one[name] = value
  }
  for (const name of flags) {
    const value = body.get(name)
    if (typeof value === 'boolean') one[name] = value
  }
  return ok(shownUser(call, one))
}

function removeUser(call: GoogleCall) {
  const one = findUser(call, call.params.userKey ?? '')
  mayChange(call, one)
  one.deletedAt = call.now.toISOString()
  call.state.assignments = call.state.assignments.filter(role => role.assignedTo !== one.id)
  for (const group of call.state.groups.values()) group.members.delete(one.id)
  return noContent
}

function makeAdmin(call: GoogleCall) {
  const one = findUser(call, call.params.userKey ?? '')
  if (!call.admin.isAdmin) throw notAuthorized()
  setSuperAdmin(call.state, one, bodyOf(call).get('status') === true)
  return noContent
}

/** Being a super administrator is a role, too. */
export function setSuperAdmin(state: GoogleState, one: GoogleUserState, status: boolean): void {
  const others = [...state.users.values()].filter(
    other => other.id !== one.id && other.isAdmin && !other.suspended && other.deletedAt === null,
  )
  if (!status && one.isAdmin && others.length === 0) throw invalid('Cannot revoke the last super administrator')
  const rest = state.assignments.filter(role => role.assignedTo !== one.id || role.roleId !== superAdminRoleId)
  if (status && !one.isAdmin) {
    state.count += 1
    const roleAssignmentId = String(8000 + state.count)
    const assignment = { roleAssignmentId, roleId: superAdminRoleId, assignedTo: one.id }
    rest.push({ ...assignment, assigneeType: 'user', scopeType: 'CUSTOMER' })
    state.assignments = rest
  } else if (!status) state.assignments = rest
  one.isAdmin = status
}

function undelete(call: GoogleCall) {
  const one = call.state.users.get(call.params.userKey ?? '')
  if (!call.admin.isAdmin) throw notAuthorized()
  if (one === undefined || one.deletedAt === null) throw notFound('userKey')
  one.orgUnitPath = textIn(bodyOf(call), 'orgUnitPath')
  one.deletedAt = null
  return noContent
}

export const userRoutes: readonly Route[] = [
  { method: 'GET', path: base, scopes: [user], handle: listUsers },
  {
    method: 'GET',
    path: `${base}/{userKey}`,
    scopes: [user],
    handle: call => ok(shownUser(call, findUser(call, call.params.userKey ?? ''))),
  },
  { method: 'PUT', path: `${base}/{userKey}`, scopes: [user], handle: updateUser },
  { method: 'DELETE', path: `${base}/{userKey}`, scopes: [user], handle: removeUser },
  { method: 'POST', path: `${base}/{userKey}/makeAdmin`, scopes: [user], handle: makeAdmin },
  { method: 'POST', path: `${base}/{userKey}/undelete`, scopes: [user], handle: undelete },
  {
    method: 'POST',
    path: `${base}/{userKey}/signOut`,
    scopes: [security],
    handle(call) {
      const one = findUser(call, call.params.userKey ?? '')
      mayChange(call, one)
      one.signOuts += 1
      return noContent
    },
  },
]
