import type { Tenant } from '../tenant.ts'
import type { Answer, Command, Given } from './command.ts'
import { nobody } from './exchange-failure.ts'
import { chosenBoxes, cutAt, text } from './given.ts'
import { boxOf, userOf } from './recipients.ts'

const nothing: Answer = { value: [] }

/** Who may open whose mailbox, and send from it. */
export const permissionCommands = {
  'Get-MailboxPermission'(tenant: Tenant, given: Given) {
    const { mailbox } = boxOf(tenant.seen(), text(given.Identity))
    const wanted = given.User === undefined ? undefined : trusteeOf(tenant, given.User)
    const value = mailbox.fullAccess
      .filter(user => wanted === undefined || user === wanted)
      .map(user => ({ User: user, AccessRights: ['FullAccess'], Deny: false, IsInherited: false }))
    return { value: wanted === undefined ? [...everywhere, ...value] : value }
  },
  'Add-MailboxPermission'(tenant: Tenant, given: Given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.User)
    if (mailbox.fullAccess.includes(who)) {
      return {
        value: [],
        warnings: [`The appropriate access control entry is already present on the object for ${who}.`],
      }
    }
    mailbox.fullAccess.push(who)
    return { value: [{ User: who, AccessRights: ['FullAccess'] }] }
  },
  'Remove-MailboxPermission'(tenant: Tenant, given: Given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.User)
    if (!mailbox.fullAccess.includes(who)) {
      return { value: [], warnings: [`Can't remove the access control entry on the object for ${who}.`] }
    }
    mailbox.fullAccess = mailbox.fullAccess.filter(one => one !== who)
    return nothing
  },
  'Get-RecipientPermission'(tenant: Tenant, given: Given) {
    const state = tenant.seen()
    const wanted = given.Trustee === undefined ? undefined : trusteeOf(tenant, given.Trustee)
    const value = chosenBoxes(tenant, state, given).flatMap(({ user, mailbox }) =>
      mailbox.sendAs
        .filter(who => wanted === undefined || who === wanted)
        .map(Trustee => ({
          Identity: user.displayName,
          Trustee,
          AccessRights: ['SendAs'],
          AccessControlType: 'Allow',
          IsInherited: false,
        })),
    )
    return cutAt(tenant, given, value)
  },
  'Add-RecipientPermission'(tenant: Tenant, given: Given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.Trustee)
    if (!mailbox.sendAs.includes(who)) mailbox.sendAs.push(who)
    return nothing
  },
  'Remove-RecipientPermission'(tenant: Tenant, given: Given) {
    const { mailbox } = boxOf(tenant.state, text(given.Identity))
    const who = trusteeOf(tenant, given.Trustee)
    mailbox.sendAs = mailbox.sendAs.filter(one => one !== who)
    return nothing
  },
} satisfies Record<string, Command>

/** The rights that everybody's mailbox has. */
const everywhere = [
  { User: 'NT AUTHORITY\\SELF', AccessRights: ['FullAccess', 'ReadPermission'], Deny: false, IsInherited: false },
  { User: 'EURPR01A001\\Organization Management', AccessRights: ['FullAccess'], Deny: true, IsInherited: true },
]

function trusteeOf(tenant: Tenant, value: unknown): string {
  const user = userOf(tenant.state, text(value))
  if (user === undefined) throw nobody(text(value))
  return user.userPrincipalName
}
