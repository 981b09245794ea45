import { K1Error } from '../core/errors.ts'
import { cut, printable, withoutUnseen } from '../core/printable.ts'
import type { TenantRecord } from '../core/stores.ts'
import type { Context } from './command.ts'

const longest = 100

/** A name for a tenant as it is kept. @throws K1Error `usage` */
export function properName(name: string): string {
  const text = name.trim()
  if (text !== '' && text.length <= longest && !text.includes('/') && printable(text) === text) return text
  throw new K1Error('usage', `"${printable(name)}" is no name for a tenant.`, {
    hint: `Up to ${longest} characters, without / and without characters that cannot be seen.`,
  })
}

/** The name that a system gives one of its tenants, as one of ours: shortened, and without what ours may not hold. */
export function nameLike(foreign: string): string {
  return cut(withoutUnseen(foreign.replace(/\s/g, ' ')).replaceAll('/', '-').trim(), longest).trim()
}

/** A mail domain, lower case. @throws K1Error `usage` */
export function mailDomain(domain: string): string {
  const text = domain.trim().toLowerCase().replace(/^@/, '')
  if (/^([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u.test(text) && text.length <= 253) return text
  throw new K1Error('usage', `"${printable(domain)}" is not a mail domain.`, { hint: 'Give it as customer.example.' })
}

/** The tenant of this name, whatever its case. @throws K1Error `no-tenant` with the nearest names */
export async function tenantNamed({ app }: Pick<Context, 'app'>, name: string): Promise<TenantRecord> {
  const config = await app.config()
  const tenant = config.tenant(name)
  if (tenant) return tenant
  const names = config.tenants().map(t => t.name)
  const near = await nearestNames(app, name, names)
  throw new K1Error('no-tenant', `There is no tenant called ${name}.`, {
    hint: hintFor(near, names),
    facts: { tenants: near.length > 0 ? near : names },
  })
}

/** Names like the one that was typed, else those with a word like it: few people type all of a company's name. */
async function nearestNames(app: Context['app'], typed: string, names: readonly string[]): Promise<string[]> {
  const whole = await app.nearest(typed, names)
  if (whole.length > 0) return whole
  const words = await app.nearest(typed, [...new Set(names.flatMap(name => name.split(' ')))])
  return names.filter(name => words.some(word => name.split(' ').includes(word))).slice(0, 3)
}

function hintFor(near: readonly string[], names: readonly string[]): string {
  if (near.length > 0) return `Did you mean ${near.join(', or ')}?`
  if (names.length === 0) return 'Add it: k1ctl tenant add NAME --domain customer.example'
  return names.length > 8 ? `See k1ctl tenant list for all ${names.length}.` : `There are: ${names.join(', ')}`
}
