import type { Account, Directory } from '../directory.ts'
import type { BmsCompany, World, WorldTenant } from '../world.ts'
import { apiEmployeeRole, departments, jobTitles } from './catalogue.ts'
import { seedTickets, type Ticket } from './ticket-seed.ts'

export interface Employee {
  id: number
  firstName: string
  lastName: string
  email: string
  username: string
  jobTitle: string | null
  active: boolean
  securityRoleId: number | null
}

export type Defaults = NonNullable<BmsCompany['settings']['defaults']>

export interface Settings {
  /** 0: never configured. */
  id: number
  created: { by: number; on: string } | null
  modified: { by: number; on: string } | null
  userCreation: boolean
  /** Null until it was written once. */
  requireLogIn: boolean | null
  requireLogInBy: number | null
  deprovisioning: boolean
  accessGroups: boolean
  defaults: Defaults | null
  userExceptionIds: number[]
  roleExceptionIds: number[]
}

export interface Mapping {
  id: number
  groupId: string
  groupName: string
  roleIds: number[]
  order: number
}

/** One company as it is now: what was seeded, what was written since, and its employees in the live directory. */
export class Company {
  readonly tenantId: string
  /** BMS's own number of the company. */
  readonly number: number
  readonly name: string
  readonly account: BmsCompany['account']
  readonly departments: { Id: number; Name: string }[]
  /** The KaseyaOne organization, while linked. */
  organizationId: string | null
  settings: Settings
  mappings: Mapping[]
  readonly tickets: Ticket[]
  /** ISO time. */
  readonly openedOn: string
  readonly #world: World
  readonly #tenant: WorldTenant
  readonly #roles: ReadonlyMap<string, number | undefined>
  readonly #directory: Directory
  /** As last asked for: a search goes over everybody. */
  #employees: { revision: object | undefined; all: readonly Employee[] } | undefined
  /** Ids of accounts by employee number, in the order of the numbers, as long as nobody came or went. */
  #numbers: { membership: object | undefined; accounts: ReadonlyMap<number, string> } | undefined
  readonly #seen = new WeakMap<Readonly<Account>, Employee>()

  constructor(world: World, tenant: WorldTenant, seed: BmsCompany, directory: Directory, at: string) {
    this.#world = world
    this.#tenant = tenant
    this.#roles = new Map(tenant.people.map(person => [person.id, person.bmsSecurityRoleId]))
    this.#directory = directory
    this.tenantId = tenant.id
    this.number = world.tenants.indexOf(tenant) + 1
    this.name = seed.company
    this.account = seed.account
    this.departments = seed.departments?.map(({ id, name }) => ({ Id: id, Name: name })) ?? departments
    this.organizationId = seed.linked ? world.organization.id : null
    this.tickets = seedTickets(this.number, at)
    this.openedOn = at
    this.settings = seedSettings(seed, this.number, at)
    this.mappings = seed.settings.mappings.map((mapping, index) => ({
      ...structuredClone(mapping),
      id: this.number * 100 + index + 1,
    }))
  }

  link(linked: boolean): void {
    this.organizationId = linked ? this.#world.organization.id : null
  }

  /** In the order of their numbers. The API account is one of them, a person of the seed or an "API Employee". */
  employees(): readonly Employee[] {
    const revision = this.#directory.revision(this.tenantId, 'bms')
    const known = this.#employees
    if (known && known.revision === revision) return known.all
    const all = [...this.#accounts().keys()].flatMap(number => this.employee(number) ?? [])
    this.#employees = { revision, all }
    return all
  }

  employee(id: number): Employee | undefined {
    const accountId = this.#accounts().get(id)
    const account = accountId === undefined ? null : this.#directory.viewAccount(this.tenantId, 'bms', accountId)
    const employee = account && this.#employee(account)
    return employee ?? (id === this.account.employeeId ? this.#apiEmployee() : undefined)
  }

  /** The API account's own number is among them, with no account where it is no person's. */
  #accounts(): ReadonlyMap<number, string> {
    const membership = this.#directory.membership(this.tenantId, 'bms')
    if (this.#numbers && this.#numbers.membership === membership) return this.#numbers.accounts
    const numbered = this.#directory
      .viewAccounts(this.tenantId, 'bms')
      .flatMap(({ id, employeeId }): [number, string][] => (employeeId === null ? [] : [[employeeId, id]]))
    if (!numbered.some(([number]) => number === this.account.employeeId)) numbered.push([this.account.employeeId, ''])
    const accounts = new Map(numbered.sort(([one], [other]) => one - other))
    this.#numbers = { membership, accounts }
    return accounts
  }

  /** Require Log In keeps the API account out too, unless it or its role is excepted: nobody knows that it would not. */
  mayAccountSignIn(): boolean {
    if (this.settings.requireLogIn !== true) return true
    const { userExceptionIds, roleExceptionIds } = this.settings
    const role = this.employee(this.account.employeeId)?.securityRoleId
    return (
      userExceptionIds.includes(this.account.employeeId) ||
      (typeof role === 'number' && roleExceptionIds.includes(role))
    )
  }

  #employee(account: Readonly<Account>): Employee | null {
    const known = this.#seen.get(account)
    if (known || account.employeeId === null) return known ?? null
    const email = (account.emails.find(({ primary }) => primary) ?? account.emails[0])?.value ?? ''
    const employee: Employee = {
      id: account.employeeId,
      firstName: account.givenName,
      lastName: account.familyName,
      email,
      username: email.split('@', 1)[0] ?? email,
      jobTitle: jobTitles[account.employeeId % 5]?.Name ?? null,
      active: account.active,
      securityRoleId: this.#roles.get(account.id) ?? null,
    }
    this.#seen.set(account, employee)
    return employee
  }

  #apiEmployee(): Employee {
    const { username, employeeId } = this.account
    const email = username.includes('@') ? username : `${username}@${this.#tenant.domains[0] ?? 'invalid.example'}`
    return {
      id: employeeId,
      firstName: 'API',
      lastName: username,
      email,
      username,
      jobTitle: null,
      active: true,
      securityRoleId: apiEmployeeRole,
    }
  }
}

function seedSettings(seed: BmsCompany, number: number, at: string): Settings {
  const { userCreation, requireLogIn, deprovisioning, accessGroups, defaults, userExceptionIds, roleExceptionIds } =
    structuredClone(seed.settings)
  const stamp = seed.neverConfigured ? null : { by: seed.account.employeeId, on: at }
  return {
    id: seed.neverConfigured ? 0 : number,
    created: stamp,
    modified: stamp,
    userCreation,
    requireLogIn: seed.neverConfigured ? null : requireLogIn,
    requireLogInBy: requireLogIn ? seed.account.employeeId : null,
    deprovisioning,
    accessGroups,
    defaults: seed.neverConfigured ? null : defaults,
    userExceptionIds,
    roleExceptionIds,
  }
}
