import { type GoogleCall, noContent, ok, type Route } from './call.ts'
import { GoogleError, invalid, notFound } from './google-error.ts'
import type { GoogleUserState } from './state.ts'
import { findUser, mayChange } from './users.ts'

const base = '/admin/directory/v1/users/{userKey}'
const scopes = ['admin.directory.user.security']

/** What a suspended user signs in with may be kept from view (reported: cartography PR 2724). */
function owner(call: GoogleCall, isWrite = false): GoogleUserState {
  const one = findUser(call, call.params.userKey ?? '')
  if (isWrite) mayChange(call, one)
  else if (one.suspended && call.state.quirks.hideCredentialsOfSuspended) {
    throw new GoogleError(401, 'authError', 'Invalid Credentials')
  }
  return one
}

function listOf(kind: string, items: readonly Record<string, unknown>[]) {
  return ok({ kind: `admin#directory#${kind}List`, etag: `"${kind}"`, ...(items.length > 0 ? { items } : {}) })
}

export const credentialRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${base}/verificationCodes`,
    scopes,
    handle(call) {
      const one = owner(call)
      return listOf(
        'verificationCodes',
        one.codes.map(verificationCode => ({
          kind: 'admin#directory#verificationCode',
          userId: one.id,
          verificationCode,
        })),
      )
    },
  },
  {
    method: 'POST',
    path: `${base}/verificationCodes/invalidate`,
    scopes,
    handle(call) {
      const one = owner(call, true)
      if (one.suspended) throw invalid('Invalid Input: user is suspended')
      one.codes = []
      return noContent
    },
  },
  {
    method: 'GET',
    path: `${base}/asps`,
    scopes,
    handle(call) {
      const one = owner(call)
      const times = { creationTime: '1700000000', lastTimeUsed: '1760000000' }
      return listOf(
        'asp',
        one.asps.map(asp => ({ kind: 'admin#directory#asp', ...asp, userKey: one.id, ...times })),
      )
    },
  },
  {
    method: 'DELETE',
    path: `${base}/asps/{codeId}`,
    scopes,
    handle(call) {
      const one = owner(call, true)
      const codeId = Number(call.params.codeId)
      if (!one.asps.some(asp => asp.codeId === codeId)) throw notFound('codeId')
      one.asps = one.asps.filter(asp => asp.codeId !== codeId)
      return noContent
    },
  },
  {
    method: 'GET',
    path: `${base}/tokens`,
    scopes,
    handle(call) {
      const one = owner(call)
      const more = { anonymous: false, nativeApp: false, userKey: one.id }
      return listOf(
        'token',
        one.tokens.map(token => ({ kind: 'admin#directory#token', ...token, ...more })),
      )
    },
  },
  {
    method: 'DELETE',
    path: `${base}/tokens/{clientId}`,
    scopes,
    handle(call) {
      const one = owner(call, true)
      if (!one.tokens.some(token => token.clientId === call.params.clientId)) throw notFound('clientId')
      one.tokens = one.tokens.filter(token => token.clientId !== call.params.clientId)
      return noContent
    },
  },
]
