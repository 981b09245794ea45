import { badRequest, GraphFailure, isObject, notFound, onPremisesMastered, textOf } from './answers.ts'
import { mailboxOf } from './exchange/mailboxes.ts'
import { page, select } from './query.ts'
import type { Route } from './route.ts'
import { roles } from './seed-tenant.ts'
import type { Tenant } from './tenant.ts'
import type { TenantState, User } from './tenant-state.ts'

const readers = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All']
const writers = ['User.ReadWrite.All', 'Directory.ReadWrite.All']

const mobile = '3179e48a-750b-4051-897c-87b9720928f7'
const alternateMobile = 'b6332ec1-7057-4abe-9331-3d72feddfe41'

const methodFolders: Record<string, string> = {
  phoneMethods: 'phone',
  microsoftAuthenticatorMethods: 'microsoftAuthenticator',
  fido2Methods: 'fido2',
  emailMethods: 'email',
  softwareOathMethods: 'softwareOath',
  windowsHelloForBusinessMethods: 'windowsHelloForBusiness',
  temporaryAccessPassMethods: 'temporaryAccessPass',
  platformCredentialMethods: 'platformCredential',
  externalAuthenticationMethods: 'external',
}

export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users',
    needs: readers,
    answer: ({ request, tenant, pageSize }) => {
      const state = tenant.seen()
      const users = state.users.map(user => userView(tenant, user))
      return { status: 200, body: page(users, request, pageSize) }
    },
  },
  {
    method: 'GET',
    path: '/users/$count',
    needs: readers,
    answer: ({ tenant }) => ({ status: 200, body: String(tenant.seen().users.length) }),
  },
  {
    method: 'GET',
    path: '/users/:',
    needs: readers,
    answer: ({ request, tenant, id }) => {
      const user = tenant.user(tenant.seen(), id(1))
      return { status: 200, body: select(userView(tenant, user), request.query) }
    },
  },
  {
    method: 'PATCH',
    path: '/users/:',
    needs: ['User.EnableDisableAccount.All', 'User-PasswordProfile.ReadWrite.All', ...writers],
    answer: ({ request, tenant, id }) => {
      patchUser(tenant, tenant.user(tenant.state, id(1)), request.body)
      return { status: 204 }
    },
  },
  {
    method: 'DELETE',
    path: '/users/:',
    needs: ['User.DeleteRestore.All', ...writers],
    answer: ({ tenant, id }) => {
      deleteUser(tenant, tenant.user(tenant.state, id(1)))
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/users/:/manager',
    needs: readers,
    answer: ({ request, tenant, id }) => {
      const state = tenant.seen()
      const manager = state.managers[tenant.user(state, id(1)).id]
      if (manager === undefined) throw notFound('manager')
      return { status: 200, body: select(userView(tenant, tenant.user(state, manager)), request.query) }
    },
  },
  {
    method: 'POST',
    path: '/users/:/revokeSignInSessions',
    needs: ['User.RevokeSessions.All', ...writers],
    answer: ({ tenant, id }) => {
      const user = tenant.user(tenant.state, id(1))
      // Guests sign in at home: the answer is the same, and nothing happens.
      if (user.userType === 'Member') user.signInSessionsValidFromDateTime = tenant.stamp()
      return { status: 200, body: { '@odata.context': '$metadata#Edm.Boolean', value: true } }
    },
  },
  {
    method: 'GET',
    path: '/users/:/authentication/methods',
    needs: ['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All'],
    answer: ({ request, tenant, id }) => {
      const { methods } = tenant.user(tenant.seen(), id(1))
      // Those of an outside provider have a list of their own.
      const views = methods.filter(({ type }) => type !== 'external').map(methodView)
      return { status: 200, body: page(views, request, 100) }
    },
  },
  {
    method: 'GET',
    path: '/users/:/authentication/externalAuthenticationMethods',
    needs: ['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All'],
    answer: ({ request, tenant, id }) => {
      if (tenant.quirks.has('noExternalMethods')) {
        throw badRequest("Resource not found for the segment 'externalAuthenticationMethods'.", 'BadRequest')
      }
      const { methods } = tenant.user(tenant.seen(), id(1))
      const views = methods.filter(({ type }) => type === 'external').map(methodView)
      return { status: 200, body: page(views, request, 100) }
    },
  },
  {
    method: 'DELETE',
    path: '/users/:/authentication/:/:',
    needs: ['UserAuthenticationMethod.ReadWrite.All'],
    answer: ({ tenant, id }) => {
      deleteMethod(tenant.user(tenant.state, id(1)), id(2), id(3))
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/users/:/mailboxSettings',
    needs: ['MailboxSettings.Read', 'MailboxSettings.ReadWrite'],
    answer: ({ tenant, id }) => {
      const state = tenant.seen()
      return { status: 200, body: { automaticRepliesSetting: replyOf(state, tenant.user(state, id(1))) } }
    },
  },
  {
    method: 'PATCH',
    path: '/users/:/mailboxSettings',
    needs: ['MailboxSettings.ReadWrite'],
    answer: ({ request, tenant, id }) => {
      const reply = replyOf(tenant.state, tenant.user(tenant.state, id(1)))
      const wanted = request.body.automaticRepliesSetting
      if (!isObject(wanted)) throw badRequest('automaticRepliesSetting is missing.')
      for (const name of ['status', 'internalReplyMessage', 'externalReplyMessage'] as const) {
        if (typeof wanted[name] === 'string') reply[name] = String(wanted[name])
      }
      return { status: 200, body: { automaticRepliesSetting: reply } }
    },
  },
]

function methodView({ id, type, displayName }: User['methods'][number]): object {
  return {
    '@odata.type': `#microsoft.graph.${type}AuthenticationMethod`,
    id,
    ...(displayName === '' ? {} : { displayName }),
  }
}

export function userView(tenant: Tenant, user: User): object {
  const { methods: _methods, defaultMethod: _defaultMethod, automaticReply: _reply, ...rest } = user
  const assignedLicenses = user.licenseAssignmentStates.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans }))
  const view = { '@odata.type': '#microsoft.graph.user', ...rest, assignedLicenses }
  const licences = tenant.quirks.has('licencesHidden') ? { licenseAssignmentStates: null } : {}
  return { ...view, accountEnabled: tenant.enabled(user), ...licences }
}

function patchUser(tenant: Tenant, user: User, body: Record<string, unknown>): void {
  const { accountEnabled, passwordProfile, onPremisesImmutableId: immutableId, ...others } = body
  if (Object.keys(others).length > 0) {
    throw badRequest('The sandbox changes accountEnabled, passwordProfile and onPremisesImmutableId only.')
  }
  if (immutableId !== undefined) {
    if (user.onPremisesSyncEnabled) throw badRequest(onPremisesMastered)
    if (immutableId !== null && typeof immutableId !== 'string') throw badRequest('Invalid value specified.')
    user.onPremisesImmutableId = immutableId
  }
  if (passwordProfile !== undefined) {
    if (user.onPremisesSyncEnabled) throw badRequest(onPremisesMastered)
    if (!isObject(passwordProfile)) throw badRequest('Invalid value specified for property passwordProfile.')
    const password = textOf(passwordProfile, 'password')
    const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter(one => one.test(password)).length
    if (password.length < 8 || password.length > 256 || classes < 3) {
      throw badRequest('The specified password does not comply with password complexity requirements.')
    }
    user.lastPasswordChangeDateTime = tenant.stamp()
    if (user.userType === 'Member') user.signInSessionsValidFromDateTime = tenant.stamp()
  }
  if (accountEnabled === undefined) return
  if (typeof accountEnabled !== 'boolean') throw badRequest('Invalid value specified for property accountEnabled.')
  // Of a synced person the next sync brings back what Active Directory says; here it does at once.
  if (!user.onPremisesSyncEnabled) user.accountEnabled = accountEnabled
}

export function deleteUser(tenant: Tenant, user: User): void {
  if (user.onPremisesSyncEnabled) throw badRequest(onPremisesMastered)
  const { state } = tenant
  if (isLastGlobalAdministrator(tenant, state, user.id)) {
    throw badRequest('The last Global Administrator of the company cannot be deleted.')
  }
  state.users = state.users.filter(other => other !== user)
  // What is enrolled in Intune stays enrolled.
  state.deletedUsers.push(user)
}

export function isLastGlobalAdministrator(tenant: Tenant, state: TenantState, id: string): boolean {
  const holders = state.roleAssignments.filter(one => one.roleDefinitionId === roles.globalAdministrator)
  if (!holders.some(one => one.principalId === id)) return false
  const isActive = (principal: string) =>
    state.users.some(user => user.id === principal && tenant.enabled(user)) ||
    state.groups.some(group => group.id === principal && group.members.some(member => member !== id))
  return !holders.some(one => one.principalId !== id && isActive(one.principalId))
}

function deleteMethod(user: User, folder: string, id: string): void {
  const method = user.methods.find(one => one.id === id && one.type === methodFolders[folder])
  if (method === undefined) throw new GraphFailure(404, 'resourceNotFound', 'Authentication method not found.')
  // learn.microsoft.com/graph/api/phoneauthenticationmethod-delete: no alternate number without a mobile one.
  if (id === mobile && user.methods.some(one => one.id === alternateMobile)) {
    throw badRequest('The mobile number cannot be deleted while there is an alternate one.', 'badRequest')
  }
  const others = user.methods.some(one => one !== method && one.type !== 'password')
  if (user.defaultMethod === id && others) {
    throw badRequest(
      'Cannot delete default method with other methods configured. Please change default method before deletion.',
      'badRequest',
    )
  }
  user.methods = user.methods.filter(one => one !== method)
  if (user.defaultMethod === id) user.defaultMethod = null
}

function replyOf(state: TenantState, user: User) {
  const { automaticReply } = user
  if (automaticReply === null || mailboxOf(state, user) === undefined) throw noMailbox()
  return automaticReply
}

export function noMailbox(): GraphFailure {
  return new GraphFailure(
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  )
}
