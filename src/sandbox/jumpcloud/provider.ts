import { envelopeOf, pageOf } from './page.ts'
import { Refusal } from './refusal.ts'
import { done, inOrganization, needed, ok, outside, type Route, type RouteCall, textOf } from './route.ts'

/** Organizations, and who administers them. None of these takes `x-org-id`. */
export const providerRoutes: readonly Route[] = [
  outside('GET', '/api/organizations', ({ visible, query }) =>
    ok(
      envelopeOf(
        visible.map(({ id, name }) => ({ _id: id, displayName: name, logoUrl: '' })),
        query,
      ),
    ),
  ),
  outside('GET', '/api/organizations/{id}', call => {
    const { id, name } = organizationOf(call, call.ids[0])
    return ok({ _id: id, displayName: name, provider: call.cloud.provider })
  }),
  outside('GET', '/api/v2/providers/{provider_id}/organizations', call => {
    refuseForeign(call)
    return ok(
      envelopeOf(
        call.cloud.organizations.map(({ id, name }) => ({ id, name, maxSystemUsers: 0 })),
        call.query,
      ),
    )
  }),
  outside('GET', '/api/v2/providers/{provider_id}/administrators', call => {
    refuseForeign(call)
    const rows = call.cloud.administrators.map(one => ({ ...one, registered: true, suspended: false }))
    return ok(envelopeOf(rows, call.query))
  }),
  outside('GET', '/api/v2/organizations/{id}/administratorlinks', call => {
    const { id } = organizationOf(call, call.ids[0])
    return ok(
      pageOf(
        call.cloud.links.filter(link => link.organization === id),
        call.query,
      ),
    )
  }),
  outside('GET', '/api/v2/administrators/{id}/organizationlinks', call => {
    needed(
      call.cloud.administrators.find(one => one.id === call.ids[0]),
      'Administrator',
    )
    return ok(
      pageOf(
        call.cloud.links.filter(link => link.administrator === call.ids[0]),
        call.query,
      ),
    )
  }),
  outside('POST', '/api/v2/administrators/{id}/organizationlinks', call => {
    const administrator = needed(
      call.cloud.administrators.find(one => one.id === call.ids[0]),
      'Administrator',
    ).id
    const organization = organizationOf(call, textOf(call.body, 'organization')).id
    const link = { administrator, organization }
    if (!call.cloud.links.some(one => one.administrator === administrator && one.organization === organization)) {
      call.cloud.links.push(link)
    }
    return { status: 201, body: link }
  }),
  outside('DELETE', '/api/v2/administrators/{administrator_id}/organizationlinks/{id}', call => {
    const [administrator, organization] = call.ids
    const link = call.cloud.links.find(one => one.administrator === administrator && one.organization === organization)
    needed(link, 'Link')
    call.cloud.links = call.cloud.links.filter(one => one !== link)
    return done
  }),
]

/**
 * Administrators of API 1: the published contract has both paths without an operation, and `userreturn` for one of them;
 * JumpCloud's PowerShell module asks for itself when it connects (`/api/users/getSelf?fields=provider`).
 */
export const consoleRoutes: readonly Route[] = [
  inOrganization('GET', '/api/users', ({ cloud, organization, query }) => {
    const ids = cloud.links.filter(link => link.organization === organization.id).map(link => link.administrator)
    const rows = cloud.administrators.filter(({ id }) => ids.includes(id))
    return ok(
      envelopeOf(
        rows.map(({ id, email, roleName }) => ({ _id: id, email, roleName })),
        query,
      ),
    )
  }),
  outside('GET', '/api/users/getSelf', ({ cloud }) => {
    if (cloud.quirks.has('selfHidden')) throw new Refusal(404, 'Not found')
    const { id, email, roleName } = cloud.self
    return ok({ _id: id, email, roleName, provider: cloud.provider })
  }),
]

function organizationOf({ visible }: RouteCall, id: string | undefined) {
  return needed(
    visible.find(one => one.id === id),
    'Organization',
  )
}

function refuseForeign({ cloud, visible, ids }: RouteCall): void {
  if (ids[0] !== cloud.provider || visible.length < cloud.organizations.length)
    throw new Refusal(403, 'This provider is not yours')
}
