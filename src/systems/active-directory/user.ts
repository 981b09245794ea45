import type { Account } from '../../core/account.ts'
import type { Entry } from './entry.ts'
import { guidBase, guidText, ridOf, sidText } from './ids.ts'
import { splitDn } from './names.ts'

/** A person's account, read. */
export interface User {
  id: string
  /** `<GUID=…>`: what searches and changes are addressed to, wherever it is moved. */
  target: string
  dn: string
  sid: string
  rid: number
  login: string
  principalName: string
  email: string
  name: string
  /** All bits of userAccountControl; undefined where they are hidden. Finding somebody does not hang on them. */
  control: number | undefined
  /** Also true where nobody may read it. */
  active: boolean
  /** The last number of its SID; undefined where it is hidden. */
  primaryGroup: number | undefined
  /** When the password was last set, in units of 100 ns since 1601; 0: must be changed at the next log-on. */
  passwordSet: bigint
  isCritical: boolean
  description: string | undefined
  entry: Entry
}

export const accountDisabled = 0x2
export const normalAccount = 0x200
export const interdomainTrust = 0x800

export const userAttributes = [
  ...['objectGUID', 'objectSid', 'sAMAccountName', 'userPrincipalName', 'mail', 'proxyAddresses', 'displayName'],
  ...['name', 'userAccountControl', 'primaryGroupID', 'pwdLastSet', 'isCriticalSystemObject', 'description'],
  ...['memberOf', 'servicePrincipalName', 'msDS-KeyCredentialLink', 'altSecurityIdentities'],
] as const

/** Of a list of people, besides: domain controllers tell each other of it every 9 to 14 days only. */
export const lastLogOn = 'lastLogonTimestamp'

/** @throws K1Error `contract` that names the attribute that is not shown */
export function readUser(entry: Entry): User {
  const id = guidText(entry.neededBytes('objectGUID'))
  const sid = sidText(entry.neededBytes('objectSid')) ?? ''
  const login = entry.needed('sAMAccountName')
  const control = entry.number('userAccountControl')
  const principalName = entry.text('userPrincipalName') ?? ''
  return {
    id,
    target: guidBase(id) ?? entry.dn,
    dn: entry.dn,
    sid,
    rid: ridOf(sid),
    login,
    principalName,
    email: entry.text('mail') ?? primaryAddress(entry) ?? principalName,
    name: entry.text('displayName') ?? entry.text('name') ?? login,
    control,
    active: control === undefined || (control & accountDisabled) === 0,
    primaryGroup: entry.number('primaryGroupID'),
    passwordSet: readInteger(entry.text('pwdLastSet')),
    isCritical: entry.text('isCriticalSystemObject')?.toUpperCase() === 'TRUE',
    description: entry.text('description'),
    entry,
  }
}

export function readAccount(user: User): Account {
  const { id, login, email, name, active, control, passwordSet } = user
  return {
    id,
    login,
    email,
    name,
    active,
    roles: [],
    asFound: { pwdLastSet: String(passwordSet), ...(control === undefined ? {} : { control: String(control) }) },
  }
}

/** Of addresses, the one in capitals is the primary: `SMTP:amy@corp.example`. */
function primaryAddress(entry: Entry): string | undefined {
  return entry
    .texts('proxyAddresses')
    .find(address => address.startsWith('SMTP:'))
    ?.slice(5)
}

export function readInteger(text: string | undefined): bigint {
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : 0n
}

/** ISO time of a Windows time; null for "never", and for "must be changed". */
export function isoTime(time: bigint): string | null {
  if (time <= 0n) return null
  const ms = Number(time / 10_000n) - 11_644_473_600_000
  // "Never" is a time in the year 30828.
  return ms < Date.UTC(9999, 0) ? new Date(ms).toISOString() : null
}

/** The OU or container that it is in. */
export function placeOf({ dn }: Pick<User, 'dn'>): string {
  return splitDn(dn).parent
}
