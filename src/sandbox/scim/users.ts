import type { Account, Directory, Group } from '../directory.ts'
import { type Collection, type ScimProfile, type ScimSystem, textOf, withMeta } from './collection.ts'
import { elementsOf, type Key, type Resource } from './filter.ts'
import { userSchema } from './schema.ts'
import { ScimError } from './scim-error.ts'

/** KaseyaOne's Root Admin can be neither deleted nor demoted (KaseyaOne help, user roles). */
const rootAdmin = 'root-admin'

type Groups = readonly Readonly<Group>[]

export class Users implements Collection {
  readonly schema = userSchema
  readonly #system: ScimSystem
  readonly #profile: ScimProfile
  readonly #directory: Directory
  readonly #now: () => Date
  #created = 0
  /** Answers by the account as it is stored: a search goes over everybody. */
  readonly #resources = new WeakMap<Readonly<Account>, { groups: Groups | null; resource: Resource }>()

  constructor(system: ScimSystem, profile: ScimProfile, directory: Directory, now: () => Date) {
    this.#system = system
    this.#profile = profile
    this.#directory = directory
    this.#now = now
  }

  list(tenantId: string, keys?: readonly Key[]): Resource[] {
    const found = this.#withOneOf(tenantId, keys) ?? this.#directory.viewAccounts(tenantId, this.#system)
    return found.map(account => this.#seen(account, this.#groupsOf(tenantId, account)))
  }

  find(tenantId: string, id: string): Resource | null {
    const account = this.#directory.viewAccount(tenantId, this.#system, id)
    return account && this.#seen(account, this.#groupsOf(tenantId, account))
  }

  write(tenantId: string, id: string | null, resource: Resource): Resource {
    const before = id === null ? null : this.#directory.account(tenantId, this.#system, id)
    const account = this.#account(resource, before ?? this.#blank())
    const userName = account.userName.toLowerCase()
    const named = this.#directory.viewNamed(tenantId, this.#system, userName)
    if (named.some(other => other.id !== account.id && other.userName.toLowerCase() === userName)) {
      throw new ScimError(409, `The userName ${account.userName} is taken.`, 'uniqueness')
    }
    if (!account.active || !account.roleIds.includes(rootAdmin)) this.#keepRootAdmin(tenantId, account.id)
    const saved = this.#directory.save(tenantId, this.#system, account)
    return this.#resource(saved, this.#groupsOf(tenantId, saved))
  }

  remove(tenantId: string, id: string): void {
    this.#keepRootAdmin(tenantId, id)
    this.#directory.remove(tenantId, this.#system, id)
  }

  /** The only one with one of these log-ins or e-mails, or nobody; null where more have to be looked at. */
  #withOneOf(tenantId: string, keys: readonly Key[] | undefined): Readonly<Account>[] | null {
    if (!keys?.every(({ path }) => path === 'userName' || path === 'emails.value')) return null
    const found = new Set(keys.flatMap(({ value }) => this.#directory.viewNamed(tenantId, this.#system, value)))
    return found.size > 1 ? null : [...found]
  }

  /** Null where the system has none. */
  #groupsOf(tenantId: string, { id }: Readonly<Account>): Groups | null {
    if (this.#system !== 'kaseyaone' && this.#system !== 'scim') return null
    return this.#directory.viewGroupsOf(tenantId, this.#system, id)
  }

  #keepRootAdmin(tenantId: string, id: string): void {
    if (this.#system !== 'kaseyaone' || !this.#directory.isLastHolder(tenantId, 'kaseyaone', rootAdmin, id)) return
    throw new ScimError(400, 'The last Root Admin can be neither deleted, demoted nor deactivated.', 'mutability')
  }

  #blank(): Account {
    const at = this.#now().toISOString()
    this.#created += 1
    return {
      id: `u-${String(this.#created).padStart(6, '0')}`,
      userName: '',
      givenName: '',
      familyName: '',
      displayName: '',
      emails: [],
      active: true,
      roleIds: [this.#profile.lowestRoleId],
      primaryUser: false,
      severalResellers: false,
      employeeId: null,
      createdAt: at,
      changedAt: at,
    }
  }

  #seen(account: Readonly<Account>, groups: Groups | null): Resource {
    const known = this.#resources.get(account)
    if (known && isSame(known.groups, groups)) return known.resource
    const resource = this.#resource(account, groups)
    this.#resources.set(account, { groups, resource })
    return resource
  }

  #resource(account: Readonly<Account>, groups: Groups | null): Resource {
    const { id, userName, givenName, familyName, displayName, emails, active, roleIds } = account
    const resource: Resource = {
      id,
      userName,
      name: { givenName, familyName, formatted: `${givenName} ${familyName}`.trim() },
      displayName,
      emails,
      active,
      roles: roleIds.map((value, index) => ({
        value,
        display: this.#profile.roles.find(role => role.id === value)?.name ?? value,
        primary: index === 0,
      })),
    }
    if (groups) {
      resource.groups = groups.map(group => ({ value: group.id, display: group.name }))
    }
    return withMeta(resource, userSchema, account.createdAt, account.changedAt)
  }

  #account(resource: Resource, base: Account): Account {
    const [name] = elementsOf(resource.name)
    const givenName = textOf(name?.givenName)
    const familyName = textOf(name?.familyName)
    const userName = textOf(resource.userName)
    const roles = resource.roles === undefined && base.userName === '' ? base.roleIds : this.#roleIds(resource.roles)
    return {
      ...base,
      userName,
      givenName,
      familyName,
      displayName: textOf(resource.displayName) || `${givenName} ${familyName}`.trim() || userName,
      emails: elementsOf(resource.emails ?? []).map(email => ({
        value: textOf(email.value),
        ...(typeof email.type === 'string' ? { type: email.type } : {}),
        ...(typeof email.primary === 'boolean' ? { primary: email.primary } : {}),
      })),
      // A PUT that does not speak of it must not bring somebody back.
      active: typeof resource.active === 'boolean' ? resource.active : base.active,
      roleIds: roles,
    }
  }

  /** The primary role first. */
  #roleIds(value: unknown): string[] {
    const roles = elementsOf(value ?? []).toSorted(
      (one, other) => Number(other.primary === true) - Number(one.primary === true),
    )
    const ids = [...new Set(roles.map(role => textOf(role.value)))]
    const unknown = ids.find(id => !this.#profile.roles.some(role => role.id === id))
    if (unknown === undefined) return ids
    throw new ScimError(400, `${this.#profile.title} has no role ${unknown}.`, 'invalidValue')
  }
}

function isSame(one: Groups | null, other: Groups | null): boolean {
  if (one === null || other === null) return one === other
  return one.length === other.length && one.every((group, at) => group === other[at])
}
