import { isObject } from '../answers.ts'
import type { Tenant } from '../tenant.ts'
import type { TenantState, User } from '../tenant-state.ts'
import type { Answer, Given } from './command.ts'
import { ExchangeFailure, nobody } from './exchange-failure.ts'
import { mailboxOf } from './mailboxes.ts'
import { type Box, boxOf, dnOf, userOf } from './recipients.ts'

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Whoever a filter names; undefined: nobody. @throws ExchangeFailure for any other filter */
export function ofFilter(tenant: Tenant, property: string, filter: string): User | undefined {
  const state = tenant.seen()
  const [, dn] = new RegExp(`^${property} -eq '((?:[^']|'')*)'$`).exec(filter) ?? []
  if (dn === undefined) {
    throw new ExchangeFailure(400, 'ArgumentException', `Cannot bind parameter 'Filter': "${filter}".`, 'message')
  }
  const plain = dn.replaceAll("''", "'")
  return state.users.find(one => dnOf(state, one.displayName) === plain)
}

/** Of one mailbox, or of all, as the identity, the filter and the types say. */
export function chosenBoxes({ quirks }: Tenant, state: TenantState, given: Given): Box[] {
  const identity = given.Identity === undefined ? undefined : text(given.Identity)
  const isSomebody = identity !== undefined && mailboxIn(state, identity) !== undefined
  if (identity !== undefined && (isSomebody || !quirks.has('identityListsAll'))) return [boxOf(state, identity)]
  const behalf = given.Filter === undefined ? undefined : behalfIn(state, text(given.Filter))
  return state.users.flatMap(user => {
    const mailbox = mailboxOf(state, user)
    if (mailbox === undefined) return []
    const types = given.RecipientTypeDetails
    if (Array.isArray(types) && !types.includes(mailbox.type)) return []
    return behalf === undefined || mailbox.onBehalf.includes(behalf) ? [{ user, mailbox }] : []
  })
}

function mailboxIn(state: TenantState, identity: string) {
  const user = userOf(state, identity)
  return user && mailboxOf(state, user)
}

function behalfIn(state: TenantState, filter: string): string {
  const [, dn = ''] = /^GrantSendOnBehalfTo -eq '((?:[^']|'')*)'$/.exec(filter) ?? []
  return state.users.find(one => dnOf(state, one.displayName) === dn.replaceAll("''", "'"))?.id ?? 'nobody'
}

/** A list without `ResultSize Unlimited` ends after 1000, with a warning. */
export function cutAt({ quirks }: Tenant, given: Given, value: readonly object[]): Answer {
  const isCut = quirks.has('listsCut') && given.Identity === undefined && value.length > 0
  const most = isCut ? value.length - 1 : given.ResultSize === undefined ? 1000 : Number(given.ResultSize)
  if ((given.ResultSize === 'Unlimited' && !isCut) || value.length <= most) return { value }
  return {
    value: value.slice(0, most),
    warnings: [
      'There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.',
    ],
  }
}

/** What a hashtable adds and removes, by ids. */
export function tabled(tenant: Tenant, before: readonly string[], table: unknown): string[] {
  const given = isObject(table) ? table : {}
  const idOf = (value: unknown) => {
    if (value === undefined) return undefined
    const user = userOf(tenant.state, text(value))
    if (user === undefined) throw nobody(text(value))
    return user.id
  }
  const [add, remove] = [idOf(given.add), idOf(given.remove)]
  const left = before.filter(one => one !== remove)
  return add === undefined || left.includes(add) ? left : [...left, add]
}
