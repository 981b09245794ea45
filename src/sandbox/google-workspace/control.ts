import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { settleChromebooks } from './chromebooks.ts'
import { settlePhones } from './phones.ts'
import { setQuirks } from './quirks.ts'
import type { GoogleState } from './state.ts'

/**
 * What a test does behind the API's back.
 * - `POST quirks` with a name of quirks.ts and `true`, or members of `Quirks`: how this Google misbehaves from now on
 * - `POST users` with `email` and members of the user's state (`isAdmin`, `suspended`, `lastLoginTime` …)
 * - `POST groups` with `email` and `dynamic`, or `memberOf: e-mail of a person` to put them in
 * - `POST assignments` with a role assignment: one more
 * - `POST devices/contact`: all devices call in now, also those that are switched off
 * - `POST devices` with `online`: every device is on, or off
 * - `POST chromebooks` with `annotatedUser` and `to`: it is noted down for somebody else from now on
 * - `POST transfers/fail`: transfers that run have failed
 * - `POST tokens/revoke`: every access token is void
 */
export function controlGoogle(state: GoogleState, request: SimulatedRequest, now: Date): SimulatedResponse | null {
  if (request.method !== 'POST') return null
  switch (request.path) {
    case '/quirks':
      setQuirks(state, readBody(request))
      return { status: 204 }
    case '/users':
      return changeOne([...state.users.values()], 'primaryEmail', readBody(request))
    case '/groups':
      return changeGroup(state, readBody(request))
    case '/assignments':
      Object.assign(state, { assignments: [...state.assignments, readBody(request)] })
      return { status: 204 }
    case '/devices/contact':
      settlePhones(state, now, true)
      settleChromebooks(state, now, true)
      return { status: 204 }
    case '/devices':
      for (const one of [...state.phones, ...state.chromebooks]) one.online = readBody(request).online === true
      return { status: 204 }
    case '/chromebooks': {
      const { annotatedUser, to } = readBody(request)
      return changeOne(state.chromebooks, 'annotatedUser', { email: annotatedUser, annotatedUser: to })
    }
    case '/transfers/fail':
      for (const one of state.transfers) if (one.dueAt > now.getTime()) one.failed = true
      return { status: 204 }
    case '/tokens/revoke':
      state.tokens.clear()
      return { status: 204 }
    default:
      return null
  }
}

function readBody(request: SimulatedRequest): Record<string, unknown> {
  const value: unknown = JSON.parse(request.body.toString('utf8'))
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function changeOne(
  all: readonly object[],
  key: string,
  { email, ...change }: Record<string, unknown>,
): SimulatedResponse {
  const found = all.find(one => new Map(Object.entries(one)).get(key) === email)
  if (found === undefined) return { status: 404, body: `Nobody has ${String(email)}.` }
  Object.assign(found, change)
  return { status: 204 }
}

function changeGroup(state: GoogleState, { memberOf, ...change }: Record<string, unknown>): SimulatedResponse {
  const group = [...state.groups.values()].find(one => one.email === change.email)
  const user = [...state.users.values()].find(one => one.primaryEmail === memberOf)
  if (group && user) group.members.set(user.id, { role: 'MEMBER', leftAt: null })
  return changeOne([...state.groups.values()], 'email', change)
}
