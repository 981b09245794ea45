import { bodyOf, type GoogleCall, noContent, ok, page, type Route, textIn } from './call.ts'
import { GoogleError, invalid, notFound } from './google-error.ts'
import type { GoogleGroupState, GoogleUserState } from './state.ts'
import { findUser } from './users.ts'

const base = '/admin/directory/v1/groups'
const members = ['admin.directory.group.member', 'admin.directory.group']
const readers = ['admin.directory.group.readonly', 'admin.directory.group']

function findGroup({ state, params }: GoogleCall): GoogleGroupState {
  const key = params.groupKey ?? ''
  const found = state.groups.get(key) ?? [...state.groups.values()].find(one => one.email === key.toLowerCase())
  if (found === undefined) throw notFound('groupKey')
  return found
}

function memberUser(call: GoogleCall, key: string): GoogleUserState {
  try {
    return findUser(call, key)
  } catch {
    throw notFound('memberKey')
  }
}

function isIn(group: GoogleGroupState, userId: string): boolean {
  return group.members.get(userId)?.leftAt === null
}

function shownGroup(group: GoogleGroupState) {
  const count = [...group.members.values()].filter(one => one.leftAt === null).length
  const { id, email, name } = group
  const etag = `"${id}"`
  return { kind: 'admin#directory#group', id, etag, email, name, directMembersCount: String(count), adminCreated: true }
}

function shownMember({ state }: GoogleCall, userId: string, role: string) {
  const one = state.users.get(userId)
  const status = one?.suspended ? 'SUSPENDED' : 'ACTIVE'
  const email = one?.primaryEmail ?? ''
  return { kind: 'admin#directory#member', id: userId, etag: `"${userId}"`, email, role, type: 'USER', status }
}

function listGroups(call: GoogleCall) {
  const userKey = call.query.get('userKey')
  if (userKey !== null && call.query.has('customer')) throw invalid('Invalid Input: customer')
  if (userKey === null && !call.query.has('customer') && !call.query.has('domain')) throw invalid('Bad Request')
  const one = userKey === null ? null : findUser(call, userKey)
  const { groupLagMs, groupsLag } = call.state.quirks
  const since = call.now.getTime() - (groupsLag ? 8000 : groupLagMs)
  const shows = (group: GoogleGroupState) => {
    const member = one === null ? undefined : group.members.get(one.id)
    return one === null || (member !== undefined && (member.leftAt === null || member.leftAt > since))
  }
  const all = [...call.state.groups.values()].filter(shows).sort((a, b) => (a.email < b.email ? -1 : 1))
  const { items, next } = page(call, all, 200)
  const groups = items.map(shownGroup)
  return ok({ kind: 'admin#directory#groups', etag: '"groups"', ...(groups.length > 0 ? { groups } : {}), ...next })
}

function listMembers(call: GoogleCall) {
  const group = findGroup(call)
  const all = [...group.members].filter(([id]) => isIn(group, id))
  const { items, next } = page(call, all, 200)
  const shown = items.map(([id, { role }]) => shownMember(call, id, role))
  return ok({ kind: 'admin#directory#members', etag: '"m"', ...(shown.length > 0 ? { members: shown } : {}), ...next })
}

function leave(call: GoogleCall) {
  const group = findGroup(call)
  const one = memberUser(call, call.params.memberKey ?? '')
  const member = group.members.get(one.id)
  if (member === undefined || member.leftAt !== null) throw notFound('memberKey')
  if (group.dynamic) throw new GoogleError(412, 'conditionNotMet', 'Condition not met: the group is dynamic')
  member.leftAt = call.now.getTime()
  return noContent
}

function join(call: GoogleCall) {
  const group = findGroup(call)
  const body = bodyOf(call)
  const one = memberUser(call, textIn(body, 'email'))
  if (isIn(group, one.id)) throw new GoogleError(409, 'duplicate', 'Member already exists.')
  const role = String(body.get('role') ?? 'MEMBER')
  group.members.set(one.id, { role, leftAt: null })
  return ok(shownMember(call, one.id, role))
}

function getMember(call: GoogleCall) {
  const group = findGroup(call)
  const one = memberUser(call, call.params.memberKey ?? '')
  const member = group.members.get(one.id)
  if (member === undefined || member.leftAt !== null) throw notFound('memberKey')
  return ok(shownMember(call, one.id, member.role))
}

export const groupRoutes: readonly Route[] = [
  { method: 'GET', path: base, scopes: readers, handle: listGroups },
  { method: 'GET', path: `${base}/{groupKey}/members`, scopes: [...readers, ...members], handle: listMembers },
  { method: 'POST', path: `${base}/{groupKey}/members`, scopes: members, handle: join },
  {
    method: 'GET',
    path: `${base}/{groupKey}/members/{memberKey}`,
    scopes: [...readers, ...members],
    handle: getMember,
  },
  { method: 'DELETE', path: `${base}/{groupKey}/members/{memberKey}`, scopes: members, handle: leave },
]
