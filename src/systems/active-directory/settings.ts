import { K1Error } from '../../core/errors.ts'
import { printable, rememberSecret } from '../../core/redact.ts'
import { activeDirectoryAbout as about } from './about.ts'

export interface DirectorySettings {
  /** `ldaps://dc1.corp.example:636`, for sentences. */
  shown: string
  host: string
  port: number
  /** Begins without TLS and turns to it before anything else is said; otherwise TLS from the first byte. */
  startTls: boolean
  /** The name that the certificate must have, where it is not the host. */
  serverName?: string
  username: string
  password: string
  /** PEM text. */
  ca?: string
  /** DN of the OU that leavers are moved to. */
  leaversOu?: string
  /** Attributes that are emptied. */
  clearAttributes: readonly string[]
}

/** What an account cannot be without, and what other goals are about. */
const keptAttributes = new Set(
  [
    ...['objectClass', 'objectSid', 'objectGUID', 'cn', 'name', 'sAMAccountName', 'userPrincipalName'],
    ...['userAccountControl', 'primaryGroupID', 'unicodePwd', 'pwdLastSet', 'memberOf', 'description'],
    ...['distinguishedName', 'nTSecurityDescriptor', 'sAMAccountType'],
  ].map(name => name.toLowerCase()),
)

/** @throws K1Error `not-set-up`, `usage` */
export function readSettings(settings: Readonly<Record<string, string>>): DirectorySettings {
  const url = readUrl(given(settings, 'url'))
  const password = settings.password ?? ''
  // An empty password would be an anonymous bind, which succeeds and is nobody.
  if (password === '') throw missing('password')
  rememberSecret(password)
  const optional = (key: string) => (settings[key] ?? '').trim() || undefined
  const [serverName, ca, leaversOu] = [optional('serverName'), optional('ca'), optional('leaversOu')]
  return {
    ...url,
    username: given(settings, 'username'),
    password,
    clearAttributes: readAttributes(settings.clearAttributes ?? 'manager'),
    ...(serverName === undefined ? {} : { serverName }),
    ...(ca === undefined ? {} : { ca }),
    ...(leaversOu === undefined ? {} : { leaversOu }),
  }
}

function readUrl(text: string): Pick<DirectorySettings, 'shown' | 'host' | 'port' | 'startTls'> {
  const refuse = (what: string) =>
    new K1Error('usage', what, {
      hint: 'Give ldaps://dc1.corp.example, or ldap://dc1.corp.example, which begins TLS before anything is said.',
      facts: { setting: 'url' },
    })
  const [, scheme = '', , rest = ''] = /^(ldaps?):\/\/([^/@]*@)?([^/?#@]+)\/?$/i.exec(text) ?? []
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i.exec(rest) ?? []
  const host = bracketed ?? plain
  if (/@/.test(text)) throw refuse('The URL of Active Directory has a user name in it; that is a setting of its own.')
  if (host === undefined) throw refuse(`"${printable(text).slice(0, 200)}" is not the address of a domain controller.`)
  const startTls = scheme.toLowerCase() === 'ldap'
  const number = port === undefined ? (startTls ? 389 : 636) : Number(port)
  return { shown: `${scheme.toLowerCase()}://${rest}`, host, port: number, startTls }
}

function readAttributes(text: string): string[] {
  const names = text.trim() === 'none' ? [] : text.split(/[,;\s]+/).filter(name => name !== '')
  const refuse = (what: string) =>
    new K1Error('usage', what, {
      hint: 'Give names of optional attributes with commas between: manager,telephoneNumber; or the word none.',
      facts: { setting: 'clearAttributes' },
    })
  const odd = names.find(name => !/^[a-z][a-z0-9-]{0,63}$/i.test(name))
  if (odd !== undefined) throw refuse(`"${printable(odd).slice(0, 64)}" is not the name of an attribute.`)
  const kept = names.find(name => keptAttributes.has(name.toLowerCase()))
  if (kept !== undefined) throw refuse(`${kept} cannot be cleared: an account needs it, or another goal is about it.`)
  const byName = new Map(names.map(name => [name.toLowerCase(), name]))
  return [...byName.values()]
}

function given(settings: Readonly<Record<string, string>>, key: string): string {
  const value = (settings[key] ?? '').trim()
  if (value === '') throw missing(key)
  return value
}

function missing(key: string): K1Error {
  return new K1Error('not-set-up', `The connection to ${about.title} has no ${key}.`, {
    hint: `Set it up: k1ctl connect ${about.id}`,
    facts: { setting: key },
  })
}
