import { expect, it } from 'vitest'
import { type Snapshot, versionOf } from '../../src/systems/bms/reading.ts'

function snapshot(): Snapshot & { settings: NonNullable<Snapshot['settings']> } {
  return {
    status: { isConnected: true, organizationId: 'org' },
    settings: {
      id: 1,
      isEnabled: false,
      isAccessGroupMappingEnabled: false,
      isDeprovisioningEnabled: false,
      isRequireLoginEnabled: false,
      departmentId: 1,
      locationId: 2,
      managerId: 3,
      jobTitleId: 4,
      employmentTypeId: 5,
      employeeRoleId: 6,
      securityRoleId: 7,
      userExceptions: [
        { id: 1, name: 'Amy', isActive: true },
        { id: 2, name: 'Bo', isActive: true },
      ],
      roleExceptions: [{ id: 8, name: 'Tech', isActive: true }],
    },
    mappings: [
      { mappingId: 1, accessGroupId: 'a', accessGroupName: 'A', securityRoleIds: [1, 2], order: 1 },
      { mappingId: 2, accessGroupId: 'b', accessGroupName: 'B', securityRoleIds: [3], order: 2 },
    ],
  }
}

type Alter = (at: ReturnType<typeof snapshot>) => unknown
const set = (part: object): Alter => {
  return at => Object.assign(at.settings, part)
}

it.each<[string, Alter]>([
  ['the link', at => Object.assign(at.status, { isConnected: false })],
  ['the organization', at => Object.assign(at.status, { organizationId: 'other' })],
  ['user creation', set({ isEnabled: true })],
  ['access groups', set({ isAccessGroupMappingEnabled: true })],
  ['deprovisioning', set({ isDeprovisioningEnabled: true })],
  ['require log in', set({ isRequireLoginEnabled: true })],
  ['the department', set({ departmentId: 9 })],
  ['the location', set({ locationId: 9 })],
  ['the manager', set({ managerId: 9 })],
  ['the job title', set({ jobTitleId: 9 })],
  ['the employment type', set({ employmentTypeId: 9 })],
  ['the employee role', set({ employeeRoleId: 9 })],
  ['the security role', set({ securityRoleId: null })],
  ['a user exception', at => at.settings.userExceptions.pop()],
  ['whether an excepted user is active', at => Object.assign(at.settings.userExceptions[0] ?? {}, { isActive: false })],
  ['a role exception', at => at.settings.roleExceptions.pop()],
  ['a mapping', at => at.mappings.pop()],
  ['the roles of a mapping', at => at.mappings[0]?.securityRoleIds.push(5)],
  ['the group of a mapping', at => Object.assign(at.mappings[0] ?? {}, { accessGroupId: 'c' })],
  ['the order of a mapping', at => Object.assign(at.mappings[0] ?? {}, { order: 7 })],
  ['settings that are gone', at => Object.assign(at, { settings: null })],
])('the version changes with %s', (_name, alter) => {
  const altered = snapshot()
  alter(altered)
  expect(versionOf(altered)).not.toBe(versionOf(snapshot()))
})

it.each<[string, Alter]>([
  ['a name', set({ departmentName: 'Renamed' })],
  ['who is called what', at => Object.assign(at.settings.userExceptions[0] ?? {}, { name: 'Amelia' })],
  ['the order of lists', at => [at.settings.userExceptions, at.mappings].map(list => list.reverse())],
  ['the order of roles', at => at.mappings[0]?.securityRoleIds.reverse()],
  ['false instead of never set', set({ isRequireLoginEnabled: null })],
])('the version stays with %s', (_name, alter) => {
  const altered = snapshot()
  alter(altered)
  expect(versionOf(altered)).toBe(versionOf(snapshot()))
})
