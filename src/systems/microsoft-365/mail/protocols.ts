import type { CasMailbox } from '../exchange/mailbox.ts'

/** Ways in for phones and old mail programs, by Exchange's own names; null: as the organization has it. */
export type Protocols = Record<string, boolean | null>

/** What keeps them out. The browser and Outlook stay: through them others open a shared mailbox. */
export const protocolsOff = {
  ActiveSyncEnabled: false,
  ImapEnabled: false,
  OWAforDevicesEnabled: false,
  PopEnabled: false,
  SmtpClientAuthenticationDisabled: true,
} as const

/** Null where there is no mailbox. */
export function protocolsOf(found: CasMailbox | null): Protocols | null {
  if (found === null) return null
  return Object.fromEntries(
    Object.keys(protocolsOff).map(name => [name, Object.entries(found).find(([is]) => is === name)?.[1] ?? null]),
  )
}

export function isOff(protocols: Protocols): boolean {
  return Object.entries(protocolsOff).every(([name, off]) => protocols[name] === off)
}
