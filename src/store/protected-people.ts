import { K1Error } from '../core/errors.ts'
import type { ProtectedRecord } from '../core/ports.ts'
import type { Config } from './config-schema.ts'

/** Whom nothing may touch in this tenant: its own first, because their reason is the nearer one. */
export function protectedIn(config: Config, tenant: string): { person: string; reason: string | null }[] {
  const all = config.protected ?? []
  const own = all.filter(p => p.tenant !== undefined && same(p.tenant, tenant))
  const everywhere = all.filter(p => p.tenant === undefined && !own.some(o => same(o.person, p.person)))
  return [...own, ...everywhere].map(({ person, reason }) => ({ person, reason: reason ?? null }))
}

/** @throws K1Error `usage` when it cannot be one person's e-mail or log-in */
export function protectPerson(config: Config, { person, tenant, reason }: ProtectedRecord): Config {
  const record: ProtectedRecord = {
    person: cleanPerson(person),
    ...(tenant === undefined ? {} : { tenant }),
    ...(reason === undefined || reason.trim() === '' ? {} : { reason: oneLine(reason) }),
  }
  const isSame = isFor(record.person, tenant)
  const all = config.protected ?? []
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
    if (p.tenant === undefined || !same(p.tenant, tenant)) return [p]
    return to === null ? [] : [{ ...p, tenant: to }]
  })
  return withProtected(config, next)
}

/** An older k1ctl that knows nothing of protected people refuses a file of version 2, and rightly. */
function withProtected(config: Config, people: ProtectedRecord[]): Config {
  const { protected: _, ...rest } = config
  const version = rest.leaving === undefined ? (people.length === 0 ? 1 : 2) : 3
  return people.length === 0 ? { ...rest, version } : { ...rest, version, protected: people }
}

function isFor(person: string, tenant: string | undefined): (record: ProtectedRecord) => boolean {
  return known => same(known.person, person) && same(known.tenant ?? '', tenant ?? '')
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function cleanPerson(person: string): string {
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
  return clean
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}
