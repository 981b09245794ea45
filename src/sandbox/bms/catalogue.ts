/** What every simulated BMS company can choose from. Ids are small on purpose: they are shown in demos. */

export const departments = [
  { Id: 1, Name: 'Administration' },
  { Id: 2, Name: 'Service Desk' },
  { Id: 3, Name: 'Projects' },
  { Id: 4, Name: 'Sales' },
  { Id: 5, Name: 'Finance' },
]

export const locations = [
  { Id: 1, Name: 'Main Office', IsMain: true },
  { Id: 2, Name: 'Warehouse', IsMain: false },
  { Id: 3, Name: 'Remote', IsMain: false },
]

export const jobTitles = [
  { Id: 1, Name: 'Technician', IsActive: true },
  { Id: 2, Name: 'Senior Technician', IsActive: true },
  { Id: 3, Name: 'Dispatcher', IsActive: true },
  { Id: 4, Name: 'Account Manager', IsActive: true },
  { Id: 5, Name: 'Office Manager', IsActive: true },
  { Id: 6, Name: 'Intern', IsActive: false },
  { Id: 7, Name: 'Fax Operator', IsActive: false },
]

/** Three members are spelled in camelCase in the published contract, the rest in PascalCase. */
export const securityRoles = [
  { Id: 1, Name: 'Administrator', isActive: true, isSystem: true, isExternal: false },
  { Id: 2, Name: 'Manager', isActive: true, isSystem: false, isExternal: false },
  { Id: 3, Name: 'Technician', isActive: true, isSystem: false, isExternal: false },
  { Id: 4, Name: 'Finance', isActive: true, isSystem: false, isExternal: false },
  { Id: 5, Name: 'Client Portal', isActive: true, isSystem: false, isExternal: true },
  { Id: 6, Name: 'API Employee', isActive: true, isSystem: true, isExternal: false },
  { Id: 7, Name: 'Legacy Technician', isActive: false, isSystem: false, isExternal: false },
  { Id: 8, Name: 'Employee', isActive: true, isSystem: false, isExternal: false },
]

/** The role of an API account that is nobody in the seed. */
export const apiEmployeeRole = 6

export const employeeRoles = [
  { Id: 1, Name: 'Engineer', IsDefault: true },
  { Id: 2, Name: 'Consultant', IsDefault: false },
  { Id: 3, Name: 'Project Manager', IsDefault: false },
]

/** The API has no look-up for these. */
export const employmentTypes = [
  { Id: 1, Name: 'Full Time' },
  { Id: 2, Name: 'Part Time' },
  { Id: 3, Name: 'Contractor' },
]

export const modules = [
  { Id: 1, Name: 'BMS', ActiveProductImageUrl: null },
  { Id: 2, Name: 'Graphus', ActiveProductImageUrl: null },
  { Id: 3, Name: 'Datto Partner Portal', ActiveProductImageUrl: null },
  { Id: 4, Name: 'IT Glue', ActiveProductImageUrl: null },
]
