import type { SimulatedRequest, SimulatorDeps } from '../simulator.ts'
import { employeeRoles, jobTitles, locations, modules, securityRoles } from './catalogue.ts'
import type { Company } from './company.ts'
import { lookupEmployees, searchEmployees } from './employees.ts'
import { type Reply, success } from './envelope.ts'
import { createMapping, deleteMapping, listGroups, listMappings, replaceMapping } from './mappings.ts'
import { readSettings, writeSettings } from './settings.ts'
import { addNote, listNotes, noteTemplates, searchTickets } from './tickets.ts'

export interface Visit {
  company: Company
  request: SimulatedRequest
  deps: SimulatorDeps
  /** The `{mappingId}` or `{ticketId}` of the path; 0 where the path has none. */
  pathId: number
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As the published contract spells it. */
  path: string
  /** Changes settings: only a BMS administrator may. */
  adminOnly?: true
  answer(visit: Visit): Reply
}

const settings = '/v2/admin/k1/accesscontrol/settings'
const mappings = '/v2/admin/k1/accesscontrol/mappings'
const oneMapping = `${mappings}/{mappingId}` as const

const ticketNotes = '/v2/servicedesk/tickets/{ticketId}/notes'

/** Everything that wants a bearer token. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/v2/security/userinfo', answer: visit => success(userInfo(visit)) },
  { method: 'GET', path: '/v2/admin/k1/status', answer: ({ company }) => success(status(company)) },
  { method: 'GET', path: '/v2/admin/k1/modules', answer: () => success(modules) },
  { method: 'GET', path: settings, answer: ({ company }) => readSettings(company) },
  { method: 'POST', path: settings, adminOnly: true, answer: write },
  { method: 'PUT', path: settings, adminOnly: true, answer: write },
  {
    method: 'GET',
    path: '/v2/admin/k1/accesscontrol/accessgroups',
    answer: ({ company, deps }) => listGroups(company, deps.directory),
  },
  { method: 'GET', path: mappings, answer: ({ company }) => listMappings(company) },
  {
    method: 'POST',
    path: mappings,
    adminOnly: true,
    answer: ({ company, request, deps }) => createMapping(company, request, deps.directory),
  },
  {
    method: 'PUT',
    path: oneMapping,
    adminOnly: true,
    answer: ({ company, pathId, request, deps }) => replaceMapping(company, pathId, request, deps.directory),
  },
  {
    method: 'DELETE',
    path: oneMapping,
    adminOnly: true,
    answer: ({ company, pathId }) => deleteMapping(company, pathId),
  },
  { method: 'GET', path: '/v2/admin/hr/departments/lookup', answer: ({ company }) => success(company.departments) },
  { method: 'GET', path: '/v2/system/locations/lookup', answer: () => success(locations) },
  { method: 'GET', path: '/v2/admin/hr/jobtitles/lookup', answer: () => success(jobTitles) },
  { method: 'GET', path: '/v2/admin/security/roles/lookup', answer: ({ request }) => success(rolesNamed(request)) },
  { method: 'GET', path: '/v2/system/roles/lookup', answer: () => success(employeeRoles) },
  {
    method: 'GET',
    path: '/v2/hr/employees/lookup',
    answer: ({ company, request }) => lookupEmployees(company, request.query),
  },
  {
    method: 'GET',
    path: '/v2/hr/employees/searchselect',
    answer: ({ company, request }) => searchEmployees(company, request.query),
  },
  {
    method: 'GET',
    path: '/v2/servicedesk/tickets/searchselect',
    answer: ({ company, request }) => searchTickets(company, request.query),
  },
  { method: 'GET', path: '/v2/servicedesk/templates/notes/lookup', answer: () => success(noteTemplates) },
  {
    method: 'GET',
    path: ticketNotes,
    answer: ({ company, pathId, request }) => listNotes(company, pathId, request.query),
  },
  {
    method: 'POST',
    path: ticketNotes,
    answer: ({ company, pathId, request }) => addNote(company, pathId, request),
  },
]

/** Paths with a number in them, as the contract spells them. */
const numbered: readonly (readonly [RegExp, string])[] = [
  [/^\/v2\/admin\/k1\/accesscontrol\/mappings\/(\d{1,9})$/, oneMapping],
  [/^\/v2\/servicedesk\/tickets\/(\d{1,9})\/notes$/, ticketNotes],
]

/** The route for a request, or the status that says why there is none. */
export function findRoute({ method, path }: SimulatedRequest): { route: Route; pathId: number } | 404 | 405 {
  const [matched] = numbered.flatMap(([shape, template]) => {
    const id = shape.exec(path)?.[1]
    return id === undefined ? [] : [{ template, id }]
  })
  const template = matched?.template ?? path
  const there = routes.filter(route => route.path === template)
  const route = there.find(candidate => candidate.method === method)
  if (route) return { route, pathId: Number(matched?.id ?? 0) }
  return there.length === 0 ? 404 : 405
}

function write({ company, request, deps }: Visit): Reply {
  return writeSettings(company, request, deps.now())
}

function status(company: Company): Record<string, unknown> {
  return { IsConnected: company.organizationId !== null, OrganizationId: company.organizationId }
}

function rolesNamed(request: SimulatedRequest): typeof securityRoles {
  const name = (request.query.get('Name') ?? '').toLowerCase()
  return securityRoles.filter(role => role.Name.toLowerCase().includes(name))
}

function userInfo({ company, deps }: Visit): Record<string, unknown> {
  const employee = company.employee(company.account.employeeId)
  return {
    UserId: company.account.employeeId,
    FullName: employee ? `${employee.firstName} ${employee.lastName}` : null,
    EmailAddress: employee?.email ?? null,
    TimeStamp: deps.now().toISOString(),
    TimeZoneValue: 0,
    TimeZoneName: 'UTC',
    OlsonTimeZoneName: 'Etc/UTC',
    DateFormat: 'MM/dd/yyyy',
    TimeFormat: 'hh:mm tt',
    TenantId: company.number,
    AccountId: null,
    LocationId: 1,
    BusinessName: company.name,
    UserAccessRights: [],
    SpecialFeatures: [],
    CurrencyCode: 'USD',
    CultureCode: 'en-US',
    NewTicketingUI: true,
    IsUserSystemAdmin: company.account.admin,
    ProductName: 'BMS',
  }
}
