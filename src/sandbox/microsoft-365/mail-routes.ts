import { badRequest, notFound } from './answers.ts'
import type { InboxRule, SimulatedMailbox } from './exchange/mailbox-state.ts'
import { mailboxOf } from './exchange/mailboxes.ts'
import { page } from './query.ts'
import type { Route } from './route.ts'
import { skus } from './seed-tenant.ts'
import type { Tenant } from './tenant.ts'
import type { TenantState } from './tenant-state.ts'
import { noMailbox } from './user-routes.ts'

/** Rules of an inbox, and what the tenant has licences of. */
export const mailRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/:/mailFolders/inbox/messageRules',
    needs: ['MailboxSettings.Read', 'MailboxSettings.ReadWrite'],
    answer: ({ request, tenant, id, pageSize }) => {
      const { rules } = boxFor(tenant, tenant.seen(), id(1))
      return { status: 200, body: page(rules.map(ruleView), request, pageSize) }
    },
  },
  {
    method: 'PATCH',
    path: '/users/:/mailFolders/inbox/messageRules/:',
    needs: ['MailboxSettings.ReadWrite'],
    answer: ({ request, tenant, id }) => {
      const rule = boxFor(tenant, tenant.state, id(1)).rules.find(one => one.id === id(2))
      if (rule === undefined) throw notFound(id(2))
      const { isEnabled, ...others } = request.body
      if (typeof isEnabled !== 'boolean' || Object.keys(others).length > 0) {
        throw badRequest('The sandbox changes isEnabled only.')
      }
      if (rule.isReadOnly) throw badRequest('The rule is read-only.', 'ErrorInvalidOperation')
      rule.isEnabled = isEnabled
      return { status: 200, body: ruleView(rule, 0) }
    },
  },
  {
    method: 'GET',
    path: '/subscribedSkus',
    needs: ['LicenseAssignment.Read.All', 'Organization.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    answer: ({ request, pageSize }) => ({ status: 200, body: page(products, request, pageSize) }),
  },
]

/** As Microsoft lists them (learn.microsoft.com/entra/identity/users/licensing-service-plan-reference), mail plans only. */
const products = [
  {
    id: `sandbox_${skus.businessPremium}`,
    skuId: skus.businessPremium,
    skuPartNumber: 'SPB',
    servicePlans: [
      planOf('9aaf7827-d63c-4b61-89c3-182f06f82e5c', 'EXCHANGE_S_STANDARD'),
      planOf('176a09a6-7ec5-4039-ac02-b2791c6ba793', 'EXCHANGE_S_ARCHIVE_ADDON'),
    ],
  },
  {
    id: `sandbox_${skus.powerAutomateFree}`,
    skuId: skus.powerAutomateFree,
    skuPartNumber: 'FLOW_FREE',
    servicePlans: [planOf('113feb6c-3fe4-4440-bddc-54d774bf0318', 'EXCHANGE_S_FOUNDATION')],
  },
  {
    id: `sandbox_${skus.exchangePlan2}`,
    skuId: skus.exchangePlan2,
    skuPartNumber: 'EXCHANGEENTERPRISE',
    servicePlans: [planOf('efb87545-963c-4e0d-99df-69c6916d9eb0', 'EXCHANGE_S_ENTERPRISE')],
  },
]

function planOf(servicePlanId: string, servicePlanName: string) {
  return { servicePlanId, servicePlanName, provisioningStatus: 'Success', appliesTo: 'User' }
}

function boxFor(tenant: Tenant, state: TenantState, id: string): SimulatedMailbox {
  const mailbox = mailboxOf(state, tenant.user(state, id))
  if (mailbox === undefined) throw noMailbox()
  return mailbox
}

function ruleView({ id, displayName, isEnabled, isReadOnly, forwardTo }: InboxRule, index: number): object {
  return {
    id,
    displayName,
    sequence: index + 1,
    isEnabled,
    isReadOnly,
    hasError: false,
    actions: {
      stopProcessingRules: true,
      forwardTo: forwardTo.map(address => ({ emailAddress: { name: address, address } })),
    },
  }
}
