import { K1Error } from '../../core/errors.ts'
import type { Choice, DefaultField } from '../../core/features.ts'
import type { Lookup } from './client.ts'
import type { BmsSettings, SettingsInput } from './schemas.ts'

type IdMember = Extract<keyof SettingsInput, `${string}Id`>

interface BmsDefault extends DefaultField {
  /** The member in what is written. */
  member: IdMember
  /** Absent: BMS documents no look-up. */
  lookup?: Lookup
  read(settings: BmsSettings): { id: number | null | undefined; name: string | null | undefined }
}

/** The seven defaults of BMS's automatic user creation, in the order of the console. */
export const bmsDefaults: readonly BmsDefault[] = [
  {
    key: 'department',
    title: 'Department',
    hasChoices: true,
    grantsRole: false,
    member: 'DepartmentId',
    lookup: 'departments',
    read: settings => ({ id: settings.departmentId, name: settings.departmentName }),
  },
  {
    key: 'location',
    title: 'Location',
    hasChoices: true,
    grantsRole: false,
    member: 'LocationId',
    lookup: 'locations',
    read: settings => ({ id: settings.locationId, name: settings.locationName }),
  },
  {
    key: 'manager',
    title: 'Manager',
    hasChoices: true,
    grantsRole: false,
    member: 'ManagerId',
    lookup: 'managers',
    read: settings => ({ id: settings.managerId, name: settings.managerName }),
  },
  {
    key: 'job-title',
    title: 'Job Title',
    hasChoices: true,
    grantsRole: false,
    member: 'JobTitleId',
    lookup: 'job-titles',
    read: settings => ({ id: settings.jobTitleId, name: settings.jobtitleName ?? settings.jobTitleName }),
  },
  {
    key: 'employment-type',
    title: 'Employment Type',
    hasChoices: false,
    grantsRole: false,
    member: 'EmploymentTypeId',
    read: settings => ({ id: settings.employmentTypeId, name: settings.employmentTypeName }),
  },
  {
    key: 'security-role',
    title: 'Security Role',
    hasChoices: true,
    grantsRole: true,
    member: 'SecurityRoleId',
    lookup: 'security-roles',
    read: settings => ({ id: settings.securityRoleId, name: settings.securityRoleName }),
  },
  {
    key: 'employee-role',
    title: 'Employee Role',
    hasChoices: true,
    grantsRole: false,
    member: 'EmployeeRoleId',
    lookup: 'employee-roles',
    read: settings => ({ id: settings.employeeRoleId, name: settings.employeeRoleName }),
  },
]

/** The chosen default; null where nothing is chosen (BMS says null, or 0). */
export function chosen(field: BmsDefault, settings: BmsSettings | null): Choice | null {
  const { id, name } = settings === null ? { id: null, name: null } : field.read(settings)
  return typeof id === 'number' && id > 0 ? { id: String(id), name: name ?? String(id) } : null
}

/** Never saved: then the first write is a POST. */
export function isNeverConfigured(settings: BmsSettings | null): boolean {
  return settings === null || settings.id === 0 || bmsDefaults.every(field => chosen(field, settings) === null)
}

/**
 * All seven ids, the present ones with `change` on top: BMS requires every one on every write.
 * @throws K1Error `refused` when one is not chosen yet
 */
export function resolveDefaults(
  settings: BmsSettings | null,
  change: Readonly<Record<string, string>>,
): Pick<SettingsInput, IdMember> {
  for (const key of Object.keys(change)) {
    if (!bmsDefaults.some(field => field.key === key)) throw unknownDefault(key)
  }
  const missing: string[] = []
  const resolve = (member: IdMember): number => {
    const field = bmsDefaults.find(one => one.member === member)
    const id = field === undefined ? undefined : (change[field.key] ?? chosen(field, settings)?.id)
    if (field !== undefined && id === undefined) missing.push(field.key)
    return id === undefined ? 0 : parseId(id, field?.title ?? member)
  }
  const ids = {
    DepartmentId: resolve('DepartmentId'),
    LocationId: resolve('LocationId'),
    ManagerId: resolve('ManagerId'),
    JobTitleId: resolve('JobTitleId'),
    EmploymentTypeId: resolve('EmploymentTypeId'),
    SecurityRoleId: resolve('SecurityRoleId'),
    EmployeeRoleId: resolve('EmployeeRoleId'),
  }
  if (missing.length === 0) return ids
  throw new K1Error(
    'refused',
    `BMS takes no change before all seven defaults for created users are chosen; missing: ${missing.join(', ')}.`,
    { hint: 'Choose them first with k1ctl jit defaults set bms.', facts: { missing } },
  )
}

export function unknownDefault(key: string): K1Error {
  const known = bmsDefaults.map(field => field.key)
  return new K1Error('usage', `BMS has no default "${key}".`, {
    hint: `Its defaults are: ${known.join(', ')}.`,
    facts: { candidates: known },
  })
}

/** BMS's ids are positive 32-bit numbers. @throws K1Error `usage` */
export function parseId(text: string, what: string): number {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (id > 0 && id <= 0x7fffffff) return id
  throw new K1Error('usage', `"${text}" is not an id of BMS (${what}): a whole number is needed.`, {
    facts: { value: text },
  })
}
