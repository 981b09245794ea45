import type { SimulatedRequest } from '../simulator.ts'
import { employeeRoles, employmentTypes, jobTitles, locations, securityRoles } from './catalogue.ts'
import type { Company, Defaults, Settings } from './company.ts'
import { type Reply, refusal, success } from './envelope.ts'
import { flagIn, type Input, idIn, idsIn, readInput, type Shape } from './input.ts'

const shape: Shape = {
  required: {
    DepartmentId: 'id',
    LocationId: 'id',
    ManagerId: 'id',
    JobTitleId: 'id',
    EmploymentTypeId: 'id',
    EmployeeRoleId: 'id',
    SecurityRoleId: 'id',
  },
  optional: {
    IsEnabled: 'flag',
    IsAccessGroupMappingEnabled: 'flag',
    IsDeprovisioningEnabled: 'flag',
    IsRequireLoginEnabled: 'flag',
    UserExceptionIds: 'ids',
    RoleExceptionIds: 'ids',
  },
}

export function readSettings(company: Company): Reply {
  return success(output(company))
}

/** POST creates and PUT updates: each is refused where the other is due. */
export function writeSettings(company: Company, request: SimulatedRequest, now: Date): Reply {
  const read = readInput(request, shape)
  if ('refused' in read) return read.refused
  const { input } = read
  const isNew = company.settings.id === 0
  if (isNew && request.method === 'PUT') return refusal('KaseyaOne settings were not found.', 1101)
  if (!isNew && request.method === 'POST') return refusal('KaseyaOne settings already exist.', 1102)
  const wrong = wrongDefault(company, input) ?? wrongException(company, input) ?? wrongSwitch(company, input)
  if (wrong !== null) return refusal(wrong, 1103)
  company.settings = settingsFrom(company, input, now)
  return success(output(company))
}

function wrongDefault(company: Company, input: Input): string | null {
  const saved = company.settings.defaults
  if (!company.departments.some(({ Id }) => Id === idIn(input, 'DepartmentId'))) return 'Department does not exist.'
  if (!locations.some(({ Id }) => Id === idIn(input, 'LocationId'))) return 'Location does not exist.'
  if (!company.employee(idIn(input, 'ManagerId'))?.active) return 'Manager does not exist or is not active.'
  const jobTitle = jobTitles.find(({ Id }) => Id === idIn(input, 'JobTitleId'))
  // What was chosen while it was active may stay.
  if (!jobTitle || (!jobTitle.IsActive && jobTitle.Id !== saved?.jobTitle)) return 'Job title does not exist.'
  if (!employmentTypes.some(({ Id }) => Id === idIn(input, 'EmploymentTypeId')))
    return 'Employment type does not exist.'
  if (!employeeRoles.some(({ Id }) => Id === idIn(input, 'EmployeeRoleId'))) return 'Employee role does not exist.'
  const role = securityRoles.find(({ Id }) => Id === idIn(input, 'SecurityRoleId'))
  if (!role || (!role.isActive && role.Id !== saved?.securityRole)) return 'Security role does not exist.'
  return null
}

function wrongException(company: Company, input: Input): string | null {
  const employeeIds = new Set(company.employees().map(({ id }) => id))
  const user = idsIn(input, 'UserExceptionIds').find(id => !employeeIds.has(id))
  if (user !== undefined) return `Employee ${user} does not exist.`
  const role = idsIn(input, 'RoleExceptionIds').find(id => !securityRoles.some(({ Id }) => Id === id))
  return role === undefined ? null : `Security role ${role} does not exist.`
}

function wrongSwitch(company: Company, input: Input): string | null {
  if (company.organizationId !== null) return null
  const on = Object.keys(shape.optional).find(name => shape.optional[name] === 'flag' && flagIn(input, name))
  return on === undefined ? null : `${on} needs a connection to KaseyaOne.`
}

function settingsFrom(company: Company, input: Input, now: Date): Settings {
  const before = company.settings
  const stamp = { by: company.account.employeeId, on: now.toISOString() }
  const requireLogIn = flagIn(input, 'IsRequireLoginEnabled')
  const requireLogInBy = before.requireLogIn === true ? before.requireLogInBy : stamp.by
  return {
    id: before.id === 0 ? company.number : before.id,
    created: before.created ?? stamp,
    modified: stamp,
    userCreation: flagIn(input, 'IsEnabled'),
    requireLogIn,
    requireLogInBy: requireLogIn ? requireLogInBy : null,
    deprovisioning: flagIn(input, 'IsDeprovisioningEnabled'),
    accessGroups: flagIn(input, 'IsAccessGroupMappingEnabled'),
    defaults: defaultsFrom(input),
    userExceptionIds: idsIn(input, 'UserExceptionIds'),
    roleExceptionIds: idsIn(input, 'RoleExceptionIds'),
  }
}

function defaultsFrom(input: Input): Defaults {
  return {
    department: idIn(input, 'DepartmentId'),
    location: idIn(input, 'LocationId'),
    manager: idIn(input, 'ManagerId'),
    jobTitle: idIn(input, 'JobTitleId'),
    employmentType: idIn(input, 'EmploymentTypeId'),
    employeeRole: idIn(input, 'EmployeeRoleId'),
    securityRole: idIn(input, 'SecurityRoleId'),
  }
}

function output(company: Company): Record<string, unknown> {
  const { settings } = company
  const defaults = settings.defaults
  const employees = company.employees()
  const nameOf = (list: readonly { Id: number; Name: string }[], id: number | undefined) =>
    list.find(item => item.Id === id)?.Name ?? null
  const manager = employees.find(({ id }) => id === defaults?.manager)
  return {
    Id: settings.id,
    CreatedBy: settings.created?.by ?? null,
    CreatedOn: settings.created?.on ?? null,
    ModifiedBy: settings.modified?.by ?? null,
    ModifiedOn: settings.modified?.on ?? null,
    IsEnabled: settings.userCreation,
    IsAccessGroupMappingEnabled: settings.accessGroups,
    DepartmentId: defaults?.department ?? null,
    DepartmentName: nameOf(company.departments, defaults?.department),
    LocationId: defaults?.location ?? null,
    LocationName: nameOf(locations, defaults?.location),
    ManagerId: defaults?.manager ?? null,
    ManagerName: manager ? `${manager.firstName} ${manager.lastName}` : null,
    JobTitleId: defaults?.jobTitle ?? null,
    JobtitleName: nameOf(jobTitles, defaults?.jobTitle),
    EmploymentTypeId: defaults?.employmentType ?? null,
    EmploymentTypeName: nameOf(employmentTypes, defaults?.employmentType),
    EmployeeRoleId: defaults?.employeeRole ?? null,
    EmployeeRoleName: nameOf(employeeRoles, defaults?.employeeRole),
    SecurityRoleId: defaults?.securityRole ?? null,
    SecurityRoleName: nameOf(securityRoles, defaults?.securityRole),
    IsDeprovisioningEnabled: settings.deprovisioning,
    IsRequireLoginEnabled: settings.requireLogIn,
    RequireLoginEnabledBy: settings.requireLogInBy,
    UserExceptions: settings.id === 0 ? null : userExceptions(company),
    RoleExceptions: settings.id === 0 ? null : roleExceptions(settings),
  }
}

function userExceptions(company: Company): Record<string, unknown>[] {
  const employees = company.employees()
  return company.settings.userExceptionIds.flatMap(id => {
    const employee = employees.find(other => other.id === id)
    if (!employee) return []
    const { firstName, lastName, email, active } = employee
    return [{ Id: id, Name: `${firstName} ${lastName}`, EmailAddress: email, IsActive: active }]
  })
}

function roleExceptions(settings: Settings): Record<string, unknown>[] {
  return securityRoles
    .filter(({ Id }) => settings.roleExceptionIds.includes(Id))
    .map(({ Id, Name, isActive }) => ({ Id, Name, EmailAddress: null, IsActive: isActive }))
}
