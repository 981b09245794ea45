import { randomBytes } from 'node:crypto'
import type { Outcome, SeenEntry } from './answer.ts'
import type { DomainController } from './controller.ts'
import { type Control, domainScope, pagedResults, readPage, showDeleted, writeControl, writePage } from './controls.ts'
import type { Filter } from './filter.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import { matches } from './match.ts'
import { readEntry } from './read-entry.ts'
import type { Operation } from './request.ts'
import { rootDse } from './root-dse.ts'
import type { Session } from './session.ts'
import { type Entry, hasClass, isDeleted, textOf } from './tree.ts'

type Search = Extract<Operation, { kind: 'search' }>

export function search(
  controller: DomainController,
  session: Session,
  operation: Search,
  controls: readonly Control[],
): Outcome {
  if (operation.base === '' && operation.scope === 'base') {
    return { code: codes.success, entries: [readRoot(controller, operation)] }
  }
  const who = controller.signedIn(session)
  const has = (oid: string) => controls.some(control => control.oid === oid)
  const page = pageAsked(controls)
  const found =
    page && page.cookie !== ''
      ? takePage(controller, session, page.cookie)
      : findEntries(controller, who, operation, has(showDeleted))
  const { tree, access, quirks } = controller
  const limits = quirks.has('smallAnswers') ? { page: 5, values: 2 } : controller.limits
  // A size of nothing with a cookie is how a client gives up (RFC 2696, 3).
  const most = page?.cookie && page.size === 0 ? 0 : Math.min(limits.page, page?.size || limits.page)
  const given = found.slice(0, Math.min(most, operation.sizeLimit || most))
  const isBase = operation.scope === 'base'
  const reader = { tree, access, who, valueLimit: limits.values, isBase }
  const read = given.map(entry => readEntry(reader, entry, operation.attributes, operation.typesOnly))
  const entries = quirks.has('controlHidden') ? read.map(withoutControl) : read
  const left = most === 0 ? [] : found.slice(given.length)
  const deleted = has(showDeleted)
  const isCut = left.length > 0 && (page === null || given.length < most)
  const isFirst = page === null || page.cookie === ''
  return {
    code: isCut ? codes.sizeLimitExceeded : codes.success,
    ...(isCut ? { message: '00002023: SvcErr: problem 5010 (SIZE_LIMIT)' } : {}),
    entries,
    references: isFirst && !has(domainScope) ? elsewhere(controller, operation) : [],
    controls:
      page === null ? [] : [writeControl(pagedResults, writePage(isCut ? '' : keepPage(session, left, deleted)))],
  }
}

function withoutControl({ dn, attributes }: SeenEntry): SeenEntry {
  return { dn, attributes: attributes.filter(({ name }) => !/^userAccountControl$/i.test(name)) }
}

function readRoot(controller: DomainController, { attributes, typesOnly }: Search): SeenEntry {
  const asked = attributes.map(name => name.toLowerCase())
  const everything = asked.length === 0 || asked.includes('*') || asked.includes('+')
  const root = Object.entries(rootDse(controller)).filter(([name]) => everything || asked.includes(name.toLowerCase()))
  return {
    dn: '',
    attributes: root.map(([name, values]) => ({ name, values: typesOnly ? [] : values.map(one => Buffer.from(one)) })),
  }
}

function findEntries(controller: DomainController, who: Entry, operation: Search, deleted: boolean): Entry[] {
  const { tree, access, quirks } = controller
  const isHidden = (entry: Entry) =>
    quirks.has('membersHidden') && hasClass(entry, 'group') && textOf(entry, 'cn') === 'Orders'
  const asksForMembers = asksFor('member', operation.filter)
  const base = tree.need(operation.base, deleted)
  const below = operation.scope === 'base' ? [base] : operation.scope === 'one' ? tree.children(base) : tree.below(base)
  return below
    .filter(entry => !isDeleted(entry) || (deleted && (isFolder(entry) || access.allows(who, 'read-deleted', entry))))
    .filter(entry => !(asksForMembers && isHidden(entry)))
    .filter(entry => matches(tree, entry, operation.filter) === true)
}

function asksFor(name: string, filter: Filter): boolean {
  if ('part' in filter) return asksFor(name, filter.part)
  if ('parts' in filter) return filter.parts.some(part => asksFor(name, part))
  return 'attribute' in filter && filter.attribute?.toLowerCase() === name
}

/** `CN=Deleted Objects` itself: everybody sees that there is one. */
function isFolder({ rdn }: Entry): boolean {
  return rdn.value === 'Deleted Objects'
}

/** What is below the domain but in another partition; a search from the top names it and leaves it out. */
function elsewhere({ tree, domain }: DomainController, { base, scope }: Search): string[] {
  if (scope === 'base' || tree.find(base, true)?.parent !== null) return []
  const query = scope === 'one' ? '??base' : ''
  return [
    `ldap://ForestDnsZones.${domain.dns}/DC=ForestDnsZones,${domain.dn}${query}`,
    `ldap://DomainDnsZones.${domain.dns}/DC=DomainDnsZones,${domain.dn}${query}`,
    `ldap://${domain.dns}/CN=Configuration,${domain.dn}${query}`,
  ]
}

function pageAsked(controls: readonly Control[]): { size: number; cookie: string } | null {
  const control = controls.find(({ oid }) => oid === pagedResults)
  return control === undefined ? null : readPage(control.value ?? Buffer.alloc(0))
}

function keepPage(session: Session, left: readonly Entry[], deleted: boolean): string {
  if (left.length === 0) return ''
  const cookie = randomBytes(8).toString('hex')
  session.pages.set(cookie, { guids: left.map(({ guid }) => guid), deleted })
  return cookie
}

/** A cookie is good once, and only on the connection that got it. */
function takePage({ tree }: DomainController, session: Session, cookie: string): Entry[] {
  const page = session.pages.get(cookie)
  session.pages.delete(cookie)
  if (page === undefined) {
    throw new LdapFault('unwillingToPerform', '00000057: LdapErr: comment: Error processing control, data 0')
  }
  return page.guids.flatMap(guid => {
    const entry = tree.get(guid)
    return entry === undefined || (isDeleted(entry) && !page.deleted) ? [] : [entry]
  })
}
