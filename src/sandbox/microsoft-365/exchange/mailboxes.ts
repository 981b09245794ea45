import type { EstatePerson } from '../../estate.ts'
import { guidOf } from '../guid.ts'
import type { TenantState, User } from '../tenant-state.ts'
import type { SimulatedMailbox } from './mailbox-state.ts'

export function newMailbox(user: string): SimulatedMailbox {
  return {
    user,
    type: 'UserMailbox',
    converting: null,
    hidden: false,
    forwardingAddress: null,
    forwardingSmtpAddress: null,
    keepsCopy: false,
    bytes: 2_254_857_830,
    archive: false,
    litigationHold: false,
    inPlaceHolds: [],
    fullAccess: [],
    sendAs: [],
    onBehalf: [],
    protocols: {
      ActiveSyncEnabled: true,
      ImapEnabled: true,
      MAPIEnabled: true,
      OWAEnabled: true,
      OWAforDevicesEnabled: true,
      PopEnabled: true,
      SmtpClientAuthenticationDisabled: null,
    },
    partners: [],
    rules: [],
  }
}

/**
 * Everybody has a mailbox; the first one's is open to the seventh. The leaver's has 61 GB, and a phone; of one mail is sent on to outside, by a forwarding and by a
 * rule; one has an archive, one is on hold.
 */
export function seedMailboxes(people: readonly EstatePerson[], leaverAt: number): SimulatedMailbox[] {
  return people.map(({ person, login }, index) => {
    const user = guidOf('user', person.id)
    const box = newMailbox(user)
    const phone = {
      guid: guidOf('mobile', login),
      name: `${person.givenName}'s iPhone`,
      system: 'iOS 19.1',
      wipeRequestedAt: null,
    }
    const seventh = people[6]?.person.email
    if (index === 0 && seventh !== undefined) return { ...box, fullAccess: [seventh] }
    if (index === leaverAt) return { ...box, bytes: 65_498_251_264, partners: [phone] }
    if (index === 1) return { ...box, litigationHold: true }
    if (index === 3) return { ...box, archive: true }
    if (index !== 6) return box
    const rule = { id: 'AQAAAAB1', displayName: 'Copy to home', isEnabled: true, isReadOnly: false }
    return {
      ...box,
      forwardingSmtpAddress: `smtp:${login}@mailhost.example`,
      keepsCopy: true,
      rules: [{ ...rule, forwardTo: [`${login}@mailhost.example`] }],
    }
  })
}

/** Power Automate Free has no mailbox. */
const withoutMail = 'f30db892-07e9-47e9-837c-80727f46fd3d'

/** A mailbox of a person is there for as long as they have a licence for it; a shared one needs none. */
export function mailboxOf(state: TenantState, user: User): SimulatedMailbox | undefined {
  const found = state.mailboxes.find(one => one.user === user.id)
  if (found === undefined) return undefined
  const isLicensed = user.licenseAssignmentStates.some(({ skuId }) => skuId !== withoutMail)
  return found.type !== 'UserMailbox' || isLicensed ? found : undefined
}
