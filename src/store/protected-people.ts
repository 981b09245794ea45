import { K1Error } from '../core/errors.ts'
import { hidesSomething, printable, withoutUnseen } from '../core/printable.ts'
import { quoted } from '../core/shell.ts'
import type { ProtectedAccount, ProtectedPerson, ProtectedRecord } from '../core/stores.ts'
import { type Config, withVersion } from './config-schema.ts'

/** Whom nothing may touch in this tenant: its own first, because their reason is the nearer one. */
export function protectedIn(config: Config, tenant: string): ProtectedPerson[] {
  const all = config.protected ?? []
  const own = all.filter(p => p.tenant !== undefined && same(p.tenant, tenant))
  const everywhere = all.filter(p => p.tenant === undefined && !own.some(o => same(o.person, p.person)))
  return [...own, ...everywhere].map(({ person, reason }): ProtectedPerson => {
    const accounts = all.filter(p => same(p.person, person)).flatMap(p => p.accounts ?? [])
    return { person, reason: reason ?? null, ...(accounts.length === 0 ? {} : knownIn(tenant, accounts)) }
  })
}

/** An e-mail is one person's everywhere; a log-in, and an id, say who it is in their own tenant. */
function knownIn(tenant: string, accounts: readonly ProtectedAccount[]): Pick<ProtectedPerson, 'words' | 'accounts'> {
  const here = accounts.filter(account => same(account.tenant, tenant))
  const words = accounts.flatMap(one => one.words.filter(word => word.includes('@') || here.includes(one)))
  return { words: [...new Set(words)], accounts: here.map(({ system, id }) => ({ system, id })) }
}

/** @throws K1Error `usage` when it cannot be one person's e-mail or log-in */
export function protectPerson(config: Config, { person, tenant, reason, accounts = [] }: ProtectedRecord): Config {
  const clean = cleanPerson(person, accounts)
  const isSame = isFor(clean, tenant)
  const all = config.protected ?? []
  // Who is not found today may only not have been asked for.
  const known = eachOnce([...(all.find(isSame)?.accounts ?? []), ...accounts])
  const record: ProtectedRecord = {
    person: clean,
    ...(tenant === undefined ? {} : { tenant }),
    ...(reason === undefined || reason.trim() === '' ? {} : { reason: oneLine(reason) }),
    ...(known.length === 0 ? {} : { accounts: known }),
  }
  const next = all.some(isSame) ? all.map(p => (isSame(p) ? record : p)) : [...all, record]
  return withProtected(config, next)
}

export function unprotectPerson(config: Config, person: string, tenant: string | undefined): Config {
  const all = config.protected ?? []
  const isSame = isFor(person.trim(), tenant)
  if (all.some(isSame))
    return withProtected(
      config,
      all.filter(p => !isSame(p)),
    )
  const elsewhere = all.filter(p => same(p.person, person.trim())).map(p => p.tenant ?? null)
  const where = tenant === undefined ? 'in every tenant' : `in ${tenant} alone`
  const [first] = elsewhere
  throw new K1Error('usage', `${person} is not protected ${where}.`, {
    hint:
      first === undefined
        ? 'Look who is: k1ctl protect list'
        : first === null
          ? `In every tenant: k1ctl protect remove ${person}`
          : `In ${elsewhere.join(', ')}: k1ctl protect remove ${person} --tenant '${first}'`,
    facts: { person, tenants: elsewhere },
  })
}

/** Follows a tenant that was renamed, or (null) removed. */
export function moveProtected(config: Config, tenant: string, to: string | null): Config {
  if (config.protected === undefined) return config
  const next = config.protected.flatMap(p => {
    const moved = withAccountsMoved(p, tenant, to)
    if (p.tenant === undefined || !same(p.tenant, tenant)) return [moved]
    return to === null ? [] : [{ ...moved, tenant: to }]
  })
  return withProtected(config, next)
}

function withAccountsMoved(record: ProtectedRecord, tenant: string, to: string | null): ProtectedRecord {
  const { accounts, ...rest } = record
  if (accounts === undefined) return record
  const next = accounts.flatMap(account => {
    if (!same(account.tenant, tenant)) return [account]
    return to === null ? [] : [{ ...account, tenant: to }]
  })
  return next.length === 0 ? rest : { ...rest, accounts: next }
}

/** What was found last counts. */
function eachOnce(accounts: readonly ProtectedAccount[]): ProtectedAccount[] {
  return [...new Map(accounts.map(one => [`${one.tenant}\n${one.system}\n${one.id}`.toLowerCase(), one])).values()]
}

function withProtected(config: Config, people: ProtectedRecord[]): Config {
  const { protected: _, ...rest } = config
  return withVersion(people.length === 0 ? rest : { ...rest, protected: people })
}

function isFor(person: string, tenant: string | undefined): (record: ProtectedRecord) => boolean {
  return known => same(known.person, person) && same(known.tenant ?? '', tenant ?? '')
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** @param accounts who it was found to be: then it is a log-in, whatever it looks like */
function cleanPerson(person: string, accounts: readonly ProtectedAccount[]): string {
  const clean = person.trim()
  if (clean.includes('*') || clean.startsWith('@')) {
    throw new K1Error('usage', `"${clean}" is a pattern; people are protected one by one, by e-mail or log-in.`, {
      hint: 'Name each: k1ctl protect add break-glass@customer.example',
      facts: { person: clean },
    })
  }
  if (clean === '' || clean.length > 320 || /[\u0000-\u001f\u007f-\u009f,;]/.test(clean)) {
    throw new K1Error('usage', `"${oneLine(person)}" is no e-mail or log-in of one person.`, {
      facts: { person: oneLine(person) },
    })
  }
  const shown = printable(clean)
  const scheme = /^(?:mailto|smtp|sip|upn):/i.exec(clean)?.[0]
  if (scheme !== undefined) {
    throw new K1Error('usage', `"${shown}" begins with ${scheme} and would match nobody.`, {
      hint: `Name the bare e-mail: k1ctl protect add ${quoted(printable(clean.slice(scheme.length)))}`,
      facts: { person: shown },
    })
  }
  if (hidesSomething(clean)) {
    throw new K1Error('usage', `"${shown}" holds characters that cannot be seen, and would match nobody.`, {
      hint: `Type it anew: k1ctl protect add ${quoted(withoutUnseen(clean))}`,
      facts: { person: shown },
    })
  }
  if (/\s/.test(clean) && accounts.length === 0) {
    throw new K1Error('usage', `"${clean}" looks like a name, and is nobody's log-in; names are not compared.`, {
      hint: 'Name the e-mail or the log-in: k1ctl protect add break-glass@customer.example',
      facts: { person: clean },
    })
  }
  return clean
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}
