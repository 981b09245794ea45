import type { Tenant } from '../tenant.ts'
import type { Answer, Command, Given } from './command.ts'
import { ExchangeFailure, nobody, synced } from './exchange-failure.ts'
import { cutAt, ofFilter, tabled, text } from './given.ts'
import { listOf, lists, ownedListView, userOf } from './recipients.ts'

const nothing: Answer = { value: [] }

/** Distribution lists: who is in them, and whose they are. */
export const listCommands = {
  'Get-DistributionGroup'(tenant: Tenant, given: Given) {
    const state = tenant.seen()
    const owner = given.Filter === undefined ? undefined : ofFilter(tenant, 'ManagedBy', text(given.Filter))
    const found = lists(state).filter(({ owners }) => owner === undefined || owners.includes(owner?.id ?? ''))
    return cutAt(
      tenant,
      given,
      found.map(list => ownedListView(state, list)),
    )
  },
  'Set-DistributionGroup'(tenant: Tenant, given: Given) {
    const list = changeable(tenant, given, 'Set-DistributionGroup')
    const owners = tabled(tenant, list.owners, given.ManagedBy)
    if (owners.length === 0) {
      const what = 'A group must have at least one owner.'
      throw new ExchangeFailure(400, 'RecipientTaskException', what, 'inner')
    }
    list.owners = owners
    return nothing
  },
  'Add-DistributionGroupMember'(tenant: Tenant, given: Given) {
    const list = changeable(tenant, given, 'Add-DistributionGroupMember')
    const { id, displayName } = memberOf(tenant, given)
    if (list.members.includes(id)) {
      const what = `The recipient "${displayName}" is already a member of the group "${list.displayName}".`
      throw new ExchangeFailure(400, 'MemberAlreadyExistsException', what, 'details')
    }
    list.members.push(id)
    return nothing
  },
  'Remove-DistributionGroupMember'(tenant: Tenant, given: Given) {
    const list = changeable(tenant, given, 'Remove-DistributionGroupMember')
    const { id, displayName } = memberOf(tenant, given)
    if (!list.members.includes(id)) {
      const what = `The recipient "${displayName}" isn't a member of the group "${list.displayName}".`
      throw new ExchangeFailure(400, 'MemberNotFoundException', what, 'details')
    }
    list.members = list.members.filter(one => one !== id)
    return nothing
  },
} satisfies Record<string, Command>

function changeable(tenant: Tenant, given: Given, cmdlet: string) {
  const list = listOf(tenant.state, text(given.Identity))
  if (list.onPremisesSyncEnabled) throw synced(cmdlet, 'Member', list.displayName)
  if (given.BypassSecurityGroupManagerCheck !== true) {
    throw new ExchangeFailure(
      403,
      'OperationRequiresGroupManagerException',
      "You don't have sufficient permissions. This operation can only be performed by a manager of the group.",
      'inner',
    )
  }
  return list
}

function memberOf(tenant: Tenant, given: Given) {
  const user = userOf(tenant.state, text(given.Member))
  if (user === undefined) throw nobody(text(given.Member))
  return user
}
