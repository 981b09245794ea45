import { bodyOf, type GoogleCall, ok, page, type Route, textIn } from './call.ts'
import { GoogleError, invalid } from './google-error.ts'
import type { GoogleUserState } from './state.ts'

const base = '/apps/licensing/v1/product/{productId}'
const scopes = ['apps.licensing']

/** This API knows people by their primary e-mail only. */
function holder({ state }: GoogleCall, email: string): GoogleUserState {
  const all = [...state.users.values()].filter(one => one.deletedAt === null)
  const found = all.find(one => one.primaryEmail.toLowerCase() === email.toLowerCase())
  if (found === undefined) throw new GoogleError(404, 'notFound', 'User does not exist.')
  return found
}

function nameIn({ params }: GoogleCall): string {
  return `${params.productId}/${params.skuId}`
}

function shown(name: string, userId: string) {
  const [productId, skuId] = name.split('/')
  return { kind: 'licensing#licenseAssignment', etags: `"${name}"`, productId, skuId, userId, skuName: skuId }
}

function get(call: GoogleCall) {
  const one = holder(call, call.params.userId ?? '')
  if (!one.licences.includes(nameIn(call))) {
    throw new GoogleError(404, 'notFound', 'User does not have a license for specified sku and product')
  }
  return ok(shown(nameIn(call), one.primaryEmail))
}

function remove(call: GoogleCall) {
  get(call)
  const one = holder(call, call.params.userId ?? '')
  one.licences = one.licences.filter(name => name !== nameIn(call))
  return ok({})
}

function give(call: GoogleCall) {
  const one = holder(call, textIn(bodyOf(call), 'userId'))
  if (one.licences.includes(nameIn(call))) throw new GoogleError(409, 'duplicate', 'License already assigned.')
  one.licences.push(nameIn(call))
  return ok(shown(nameIn(call), one.primaryEmail))
}

function list(call: GoogleCall) {
  // Unlike the directory, this API takes no `my_customer` (its reference: "the customer's unique ID").
  if (call.query.get('customerId') !== call.state.customerId) throw invalid('Invalid Input: customerId')
  if (Number(call.query.get('maxResults') ?? 100) > 1000) throw invalid('Invalid Input: maxResults')
  const all = [...call.state.users.values()]
    .filter(one => one.deletedAt === null)
    .flatMap(one => one.licences.map(name => shown(name, one.primaryEmail)))
    .filter(one => one.productId === call.params.productId)
  const { items, next } = page(call, all, 100)
  return ok({ kind: 'licensing#licenseAssignmentList', etag: '"l"', items, ...next })
}

export const licenceRoutes: readonly Route[] = [
  { method: 'GET', path: `${base}/users`, scopes, handle: list },
  { method: 'POST', path: `${base}/sku/{skuId}/user`, scopes, handle: give },
  { method: 'GET', path: `${base}/sku/{skuId}/user/{userId}`, scopes, handle: get },
  { method: 'DELETE', path: `${base}/sku/{skuId}/user/{userId}`, scopes, handle: remove },
]
