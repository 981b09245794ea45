import type { NeededRight } from '../../core/needed-right.ts'

const settings = '/v2/admin/k1/accesscontrol'

/**
 * Kaseya's contract of BMS API 2.0 names no right of any call. Its help names two: API access in the role of whoever signs
 * in, and a BMS administrator for the KaseyaOne settings; `isUserSystemAdmin` of the account itself tells the second.
 */
export const neededRights: readonly NeededRight[] = [
  {
    right: 'an employee of type "API Employee" (it has no 2FA), whose role has "Has API Access"',
    calls: ['POST /v2/security/authenticate', 'POST /v2/security/refreshtoken', 'GET /v2/security/userinfo'],
  },
  {
    right: "administrator of BMS, to read and change the company's KaseyaOne settings",
    calls: [
      'GET /v2/admin/k1/status',
      ...['GET', 'POST', 'PUT'].map(method => `${method} ${settings}/settings`),
      ...['GET', 'POST'].map(method => `${method} ${settings}/mappings`),
      ...['PUT', 'DELETE'].map(method => `${method} ${settings}/mappings/{mappingId}`),
      `GET ${settings}/accessgroups`,
    ],
  },
  {
    right: 'reading employees, and what new ones get (departments, locations, job titles, roles)',
    calls: [
      'GET /v2/hr/employees/searchselect',
      'GET /v2/hr/employees/lookup',
      'GET /v2/admin/hr/departments/lookup',
      'GET /v2/system/locations/lookup',
      'GET /v2/admin/hr/jobtitles/lookup',
      'GET /v2/admin/security/roles/lookup',
      'GET /v2/system/roles/lookup',
    ],
    unchecked: true,
  },
  {
    right: 'finding tickets, reading their notes and adding one',
    calls: [
      'GET /v2/servicedesk/tickets/searchselect',
      ...['GET', 'POST'].map(method => `${method} /v2/servicedesk/tickets/{ticketId}/notes`),
      'GET /v2/servicedesk/templates/notes/lookup',
    ],
    when: 'to note a run on its ticket',
    unchecked: true,
  },
]
