import { keptControl } from './account-control.ts'
import type { DomainController } from './controller.ts'
import { parseDn } from './dn.ts'
import { type codes, LdapFault } from './ldap-fault.ts'
import { keyOf } from './match.ts'
import { primaryGroup } from './memberships.ts'
import type { Change } from './request.ts'
import { type AttributeAbout, attributeAbout } from './schema.ts'
import { fileTime } from './time.ts'
import { type Entry, hasClass } from './tree.ts'

/** Without these an account would be none. */
const needed = ['userAccountControl', 'sAMAccountName', 'primaryGroupID']

/** Changes one attribute of a draft. @throws LdapFault with the code that Samba 4.17 answered to the same */
export function applyChange(
  controller: DomainController,
  draft: Entry,
  { operation, attribute, values }: Change,
): void {
  const about = attributeAbout(attribute)
  if (about === undefined) {
    const comment = 'Error in attribute conversion operation'
    throw new LdapFault('noSuchAttribute', `00000057: LdapErr: comment: ${comment}, data 0 (${attribute})`)
  }
  refuseUnwritable(about)
  if (about.name === 'member' && !hasClass(draft, 'group')) {
    throw new LdapFault('objectClassViolation', '0000207D: UpdErr: only a group has members')
  }
  const written = values.map(value => asKept(controller, about, value))
  const kept = draft.attributes.get(about.name) ?? []
  const next =
    operation === 'replace'
      ? withoutTwins(controller, about, written)
      : operation === 'add'
        ? added(controller, draft, about, kept, written)
        : removed(controller, draft, about, kept, written)
  if (about.single && next.length > 1) throw twice(about)
  if (next.length === 0 && needed.includes(about.name)) {
    throw new LdapFault('unwillingToPerform', `00002077: SvcErr: '${about.name}' cannot be taken away`)
  }
  if (about.name === 'sAMAccountName') refuseTaken(controller, draft, next)
  if (next.length === 0) draft.attributes.delete(about.name)
  else draft.attributes.set(about.name, next)
}

function refuseUnwritable({ name, writing }: AttributeAbout): void {
  const refusals: Partial<Record<AttributeAbout['writing'], keyof typeof codes>> = {
    rdn: 'notAllowedOnRdn',
    'back-link': 'unwillingToPerform',
    constructed: 'unwillingToPerform',
    system: name === 'objectSid' ? 'unwillingToPerform' : 'constraintViolation',
  }
  const refusal = refusals[writing]
  if (refusal) throw new LdapFault(refusal, `0000202F: UpdErr: '${name}' cannot be written`)
}

/** The value as the directory keeps it. */
function asKept({ tree, deps }: DomainController, { name, syntax }: AttributeAbout, value: Buffer): Buffer {
  const text = value.toString('utf8')
  const isWrong =
    value.length === 0 ||
    (syntax === 'integer' && !/^-?\d{1,19}$/.test(text)) ||
    (syntax === 'boolean' && !/^(TRUE|FALSE)$/.test(text))
  if (isWrong) throw new LdapFault('invalidAttributeSyntax', `0000200B: AtrErr: '${name}' cannot have that value`)
  if (name === 'userAccountControl') return Buffer.from(keptControl(text))
  if (name === 'pwdLastSet') {
    if (text !== '0' && text !== '-1') throw new LdapFault('other', '00000057: pwdLastSet must be 0 or -1 only!')
    return Buffer.from(text === '0' ? '0' : fileTime(deps.now()))
  }
  if (syntax !== 'link') return value
  if (parseDn(text) === null && !text.startsWith('<')) {
    throw new LdapFault('invalidDnSyntax', `00002081: NameErr: '${text}' is no name`)
  }
  const other = tree.find(text)
  const refusal = name === 'member' ? 'noSuchObject' : 'constraintViolation'
  if (other === undefined) throw new LdapFault(refusal, `00000525: there is no ${text}`)
  return Buffer.from(other.guid)
}

function added(
  controller: DomainController,
  draft: Entry,
  about: AttributeAbout,
  kept: Buffer[],
  more: Buffer[],
): Buffer[] {
  if (more.length === 0) throw new LdapFault('protocolError', `00000057: nothing to add to '${about.name}'`)
  for (const value of more) {
    const isPrimary = about.name === 'member' && isPrimaryOf(controller, draft, value)
    if (isPrimary || has(controller, about, kept, value)) throw twice(about)
  }
  return withoutTwins(controller, about, [...kept, ...more])
}

function removed(
  controller: DomainController,
  draft: Entry,
  about: AttributeAbout,
  kept: Buffer[],
  less: Buffer[],
): Buffer[] {
  const isLink = about.name === 'member'
  if (less.length === 0 && kept.length === 0) throw absent('noSuchAttribute', about)
  if (less.length === 0) return []
  for (const value of less) {
    if (isLink && isPrimaryOf(controller, draft, value)) throw absent('noSuchAttribute', about)
    // The very answer that programs trip over who take a member out twice.
    if (!has(controller, about, kept, value)) throw absent(isLink ? 'unwillingToPerform' : 'noSuchAttribute', about)
  }
  return kept.filter(value => !has(controller, about, less, value))
}

/** Is the group the primary one of that member? Then `member` does not name it. */
function isPrimaryOf({ tree }: DomainController, group: Entry, guid: Buffer): boolean {
  const member = tree.get(guid.toString('utf8'))
  return member !== undefined && primaryGroup(tree, member)?.guid === group.guid
}

function has(controller: DomainController, about: AttributeAbout, values: readonly Buffer[], value: Buffer): boolean {
  return values.some(one => keptKey(controller, about, one) === keptKey(controller, about, value))
}

function withoutTwins(controller: DomainController, about: AttributeAbout, values: Buffer[]): Buffer[] {
  const keys = new Set(values.map(value => keptKey(controller, about, value)))
  if (keys.size < values.length) throw twice(about)
  return values
}

function keptKey({ tree }: DomainController, about: AttributeAbout, value: Buffer): string | null {
  return about.syntax === 'link' ? value.toString('utf8') : keyOf(tree, about, value)
}

function twice({ name, syntax }: AttributeAbout): LdapFault {
  const isLink = syntax === 'link' && name === 'member'
  return new LdapFault(isLink ? 'entryAlreadyExists' : 'attributeOrValueExists', `00000562: '${name}' already has it`)
}

function absent(code: keyof typeof codes, { name }: AttributeAbout): LdapFault {
  return new LdapFault(code, `00000561: '${name}' does not have what is to be deleted`)
}

function refuseTaken({ tree }: DomainController, draft: Entry, [value]: readonly Buffer[]): void {
  const wanted = value?.toString('utf8').toLowerCase()
  const taken = tree.all().some(({ guid, attributes }) => {
    const login = attributes.get('sAMAccountName')?.[0]?.toString('utf8').toLowerCase()
    return guid !== draft.guid && login !== undefined && login === wanted
  })
  if (taken) throw new LdapFault('entryAlreadyExists', `00002071: the name '${wanted}' is already in use`)
}
