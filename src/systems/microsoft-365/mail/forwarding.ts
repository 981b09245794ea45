import { K1Error } from '../../../core/errors.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Mailbox } from '../exchange/mailbox.ts'

/** Where a mailbox sends all its mail on to. */
export interface Forwarding {
  /** An address outside of this organization; null: to nobody outside. */
  outside: string | null
  /** Somebody inside: that stays. */
  inside: string | null
}

/** A contact of the address list may be somebody outside: the address behind it tells. */
export async function readForwarding(
  exchange: Exchange,
  mailbox: Mailbox | null,
  domains: () => Promise<string[]>,
): Promise<Forwarding> {
  if (mailbox === null) return { outside: null, inside: null }
  if (!mailbox.showsForwarding) {
    throw new K1Error('contract', 'Exchange Online does not show where the mailbox sends its mail on to.', {
      facts: { cmdlet: 'Get-Mailbox', field: 'ForwardingAddress' },
    })
  }
  const contact = mailbox.forwardsTo === null ? null : await exchange.recipient(mailbox.forwardsTo)
  const target = contact === null ? null : (contact.external ?? contact.address)
  const targets = [mailbox.forwardsOut, target ?? mailbox.forwardsTo].filter(one => one !== null)
  if (targets.length === 0) return { outside: null, inside: null }
  const known = await domains()
  return {
    outside: targets.filter(one => isOutside(one, known)).join(', ') || null,
    inside: targets.filter(one => !isOutside(one, known)).join(', ') || null,
  }
}

/** Nobody knows of what is no address: it is not taken for one inside. */
export function isOutside(address: string, domains: readonly string[]): boolean {
  const domain = address.toLowerCase().split('@').at(-1) ?? ''
  return !domains.includes(domain)
}
