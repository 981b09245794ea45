import type { Edge, Organization } from './cloud.ts'
import { filtered, pageOf } from './page.ts'
import { Refusal } from './refusal.ts'
import { done, inOrganization, needed, ok, type Route, type RouteCall, textOf } from './route.ts'
import { userOf } from './users.ts'

const types = [
  'active_directory',
  'application',
  'g_suite',
  'ldap_server',
  'office_365',
  'radius_server',
  'system',
  'system_group',
]

/** API 2: groups of users and what is bound to whom; and API 1 where resources have their names. */
export const graphRoutes: readonly Route[] = [
  inOrganization('GET', '/api/v2/groups', ({ organization, query }) =>
    ok(
      pageOf(
        organization.groups.map(({ id, name }) => ({ id, name, type: 'user_group' })),
        query,
      ),
    ),
  ),
  inOrganization('GET', '/api/v2/usergroups/{id}', ({ organization, ids }) => {
    const group = needed(
      organization.groups.find(one => one.id === ids[0]),
      'Group',
    )
    return ok({ ...group, type: 'user_group', membershipAutomated: group.membershipMethod === 'DYNAMIC_AUTOMATED' })
  }),
  inOrganization('POST', '/api/v2/usergroups/{group_id}/members', changeMember),
  inOrganization('GET', '/api/v2/users/{user_id}/memberof', call => {
    const { _id } = userOf(call)
    const groups = call.organization.members.filter(one => one.user === _id).map(({ group }) => group)
    const rows = groups.map(id => ({
      id,
      type: 'user_group',
      compiledAttributes: {},
      paths: [[edge(id, 'user_group')]],
    }))
    return ok(pageOf(withGaps(filtered(rows, call.query, 2), call), call.query).filter(row => row !== gone))
  }),
  inOrganization('GET', '/api/v2/users/{user_id}/associations', call => {
    const wanted = call.query.get('targets')?.split(',') ?? []
    if (wanted.length === 0 || !wanted.every(type => types.includes(type))) throw new Refusal(400, 'Invalid targets')
    const { _id } = userOf(call)
    const rows = call.organization.associations
      .filter(one => one.from === _id && wanted.includes(one.type))
      .map(one => ({ ...edge(one.to, one.type), ...(one.sudo ? { attributes: { sudo: one.sudo } } : {}) }))
    return ok(pageOf(withGaps(rows, call), call.query).filter(row => row !== gone))
  }),
  inOrganization('POST', '/api/v2/users/{user_id}/associations', changeAssociation),
  inOrganization('GET', '/api/v2/directories', ({ organization, query }) =>
    ok(
      pageOf(
        organization.resources.filter(({ type }) => /^(?:active_directory|g_suite|ldap_server|office_365)$/.test(type)),
        query,
      ),
    ),
  ),
  inOrganization('GET', '/api/applications/{id}', call => {
    const { id, name } = resource(call, 'application')
    return ok({ _id: id, name: name.toLowerCase(), displayName: name, displayLabel: name, ssoUrl: '', config: {} })
  }),
  inOrganization('GET', '/api/radiusservers/{id}', call => {
    const { id, name } = resource(call, 'radius_server')
    return ok({ _id: id, name })
  }),
  inOrganization('GET', '/api/v2/systemgroups/{id}', call => {
    const { id, name } = resource(call, 'system_group')
    return ok({ id, name, type: 'system_group' })
  }),
]

/** Stands for something that is no longer there, in the list that still has it. */
const gone = Symbol('gone')

/** With the quirk `shortPages`: after every other row there is one of something that is gone. */
function withGaps<T>(rows: readonly T[], { cloud }: RouteCall): (T | typeof gone)[] {
  return cloud.quirks.has('shortPages') ? rows.flatMap((row, at) => (at % 2 === 0 ? [row, gone] : [row])) : [...rows]
}

function edge(id: string, type: string) {
  return { to: { id, type } }
}

function resource({ organization, ids }: RouteCall, type: string) {
  return needed(
    organization.resources.find(one => one.id === ids[0] && one.type === type),
    'Object',
  )
}

function changeMember({ organization, ids, body }: RouteCall) {
  const group = needed(
    organization.groups.find(one => one.id === ids[0]),
    'Group',
  )
  const user = textOf(body, 'id')
  const op = textOf(body, 'op')
  if (textOf(body, 'type') !== 'user') throw new Refusal(400, 'Only users can be members')
  needed(
    organization.users.find(one => one._id === user),
    'User',
  )
  if (group.membershipMethod === 'DYNAMIC_AUTOMATED') {
    throw new Refusal(400, 'Members of a dynamic group cannot be changed by hand')
  }
  const isIn = organization.members.some(one => one.group === group.id && one.user === user)
  if (op === 'add') {
    if (isIn) throw new Refusal(409, 'Already a member')
    organization.members.push({ group: group.id, user })
  } else {
    if (!isIn) throw new Refusal(404, 'Not a member')
    organization.members = organization.members.filter(one => !(one.group === group.id && one.user === user))
  }
  return done
}

function changeAssociation(call: RouteCall) {
  const { organization, body } = call
  const { _id } = userOf(call)
  const [op, type, id] = [textOf(body, 'op'), textOf(body, 'type'), textOf(body, 'id')]
  if (!types.includes(type)) throw new Refusal(400, 'Invalid type')
  const isSame = (one: Edge) => one.from === _id && one.type === type && one.to === id
  const isBound = organization.associations.some(isSame)
  if (op === 'remove') {
    if (!isBound) throw new Refusal(404, 'Association not found')
    organization.associations = organization.associations.filter(one => !isSame(one))
    return done
  }
  if (isBound) throw new Refusal(409, 'Already exists')
  if (!exists(organization, type, id)) throw new Refusal(404, 'Object not found')
  const sudo = sudoIn(body)
  organization.associations.push({ from: _id, type, to: id, ...(sudo ? { sudo } : {}) })
  return done
}

function exists({ systems, resources }: Organization, type: string, id: string): boolean {
  return type === 'system' ? systems.some(one => one._id === id) : resources.some(one => one.id === id)
}

function sudoIn({ attributes }: Record<string, unknown>): Edge['sudo'] {
  if (typeof attributes !== 'object' || attributes === null || !('sudo' in attributes)) return undefined
  const { sudo } = attributes
  if (typeof sudo !== 'object' || sudo === null || !('enabled' in sudo) || !('withoutPassword' in sudo))
    return undefined
  return { enabled: sudo.enabled === true, withoutPassword: sudo.withoutPassword === true }
}
