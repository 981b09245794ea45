import type { ZodType } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { type HttpClient, path, type QueryValues, type RequestSpec } from '../../http/client.ts'
import { acknowledgement, envelope, failureInside, isFailed, unwrap } from './envelope.ts'
import type { BmsMapping, BmsSettings, BmsTicketNote, Employee, LookupRow, SettingsInput } from './schemas.ts'
import * as shapes from './schemas.ts'

export interface MappingInput {
  AccessGroupId: string
  AccessGroupName: string
  SecurityRoleIds: number[]
}

/** All four are required by the contract. */
export interface NoteInput {
  Details: string
  IsInternal: boolean
  TypeId: number
  /** ISO time. */
  NoteDate: string
}

/** Every request that k1ctl sends to BMS once it is signed in; signing in is in `sign-in.ts`. */
export interface BmsClient {
  userInfo(): Promise<{ emailAddress: string; businessName: string; isAdmin: boolean | undefined }>
  status(): Promise<{ isConnected: boolean; organizationId: string | undefined }>
  /** Null on a company that never saved them, as far as BMS answers so. */
  settings(): Promise<BmsSettings | null>
  createSettings(input: SettingsInput): Promise<void>
  updateSettings(input: SettingsInput): Promise<void>
  mappings(): Promise<BmsMapping[]>
  createMapping(input: MappingInput): Promise<void>
  updateMapping(mappingId: number, input: MappingInput & { Order: number }): Promise<void>
  deleteMapping(mappingId: number): Promise<void>
  accessGroups(): Promise<{ id: string; name: string }[]>
  lookup(of: Lookup): Promise<LookupRow[]>
  /** Whom BMS finds for this text, active or not; everybody for ''. */
  searchEmployees(text: string): Promise<Employee[]>
  /** Active or not; a number that nobody has is left out. At most 100. */
  employees(ids: readonly number[]): Promise<Employee[]>
  /** Null where BMS does not tell. */
  countEmployees(): Promise<number | null>
  /** Ids of the tickets that have exactly this number. */
  ticketsNumbered(number: string): Promise<number[]>
  ticketNotes(ticketId: number): Promise<BmsTicketNote[]>
  addTicketNote(ticketId: number, input: NoteInput): Promise<void>
  noteTemplates(): Promise<{ typeId?: number | null | undefined; isInternal: boolean }[]>
}

const lookups = {
  departments: { path: path`/v2/admin/hr/departments/lookup`, paged: false },
  locations: { path: path`/v2/system/locations/lookup`, paged: false },
  managers: { path: path`/v2/hr/employees/lookup`, paged: true },
  'job-titles': { path: path`/v2/admin/hr/jobtitles/lookup`, paged: false },
  'security-roles': { path: path`/v2/admin/security/roles/lookup`, paged: true },
  'employee-roles': { path: path`/v2/system/roles/lookup`, paged: false },
} as const

export type Lookup = keyof typeof lookups

const pageSize = 100
/** A server that never runs out of new rows is broken; this many no company has. */
const mostPages = 500

export function createBmsClient(http: HttpClient): BmsClient {
  async function read<T>(spec: Pick<RequestSpec<T>, 'path' | 'query'>, result: ZodType<T>) {
    const answer = await http.request({ method: 'GET', ...spec, answer: envelope(result) })
    return unwrap(answer.body, `GET ${spec.path.text}`)
  }

  async function write(spec: Pick<RequestSpec<unknown>, 'method' | 'path' | 'json'>): Promise<void> {
    const answer = await http.request({ ...spec, answer: acknowledgement })
    if (isFailed(answer.body)) throw failureInside(answer.body, `${spec.method} ${spec.path.text}`)
  }

  /**
   * All pages. Look-ups tell no total, and the server may allow smaller pages than we ask for, so only a page with
   * nothing new on it is the end.
   */
  async function readAll<T extends { id: number }>(
    spec: Pick<RequestSpec<T[]>, 'path'> & { query?: QueryValues },
    row: ZodType<T>,
  ): Promise<T[]> {
    const rows = new Map<number, T>()
    for (let page = 1; page <= mostPages; page++) {
      const query = { ...spec.query, PageSize: pageSize, PageNumber: page }
      const { result, totalRecords } = await read({ path: spec.path, query }, shapes.listOf(row))
      const before = rows.size
      for (const one of result) rows.set(one.id, one)
      const total = totalRecords ?? undefined
      if (total !== undefined && rows.size >= total) return [...rows.values()]
      if (rows.size > before && result.length <= pageSize) continue
      if (total === undefined) return [...rows.values()]
      throw new K1Error('contract', `BMS says that ${spec.path.text} has ${total} rows, but gave ${rows.size}.`, {
        facts: { method: 'GET', path: spec.path.text, total, got: rows.size },
      })
    }
    throw new K1Error('contract', `BMS did not come to the end of ${spec.path.text}.`, {
      facts: { method: 'GET', path: spec.path.text },
    })
  }

  return {
    async userInfo() {
      const { result } = await read({ path: path`/v2/security/userinfo` }, shapes.userInfo)
      return {
        emailAddress: result.emailAddress ?? '',
        businessName: result.businessName ?? '',
        isAdmin: result.isUserSystemAdmin ?? undefined,
      }
    },
    async status() {
      const { result } = await read({ path: path`/v2/admin/k1/status` }, shapes.status)
      return { isConnected: result.isConnected, organizationId: result.organizationId ?? undefined }
    },
    async settings() {
      return (await read({ path: path`/v2/admin/k1/accesscontrol/settings` }, shapes.settingsOrNone)).result
    },
    createSettings: json => write({ method: 'POST', path: path`/v2/admin/k1/accesscontrol/settings`, json }),
    updateSettings: json => write({ method: 'PUT', path: path`/v2/admin/k1/accesscontrol/settings`, json }),
    async mappings() {
      return (await read({ path: path`/v2/admin/k1/accesscontrol/mappings` }, shapes.listOf(shapes.mapping))).result
    },
    createMapping: json => write({ method: 'POST', path: path`/v2/admin/k1/accesscontrol/mappings`, json }),
    updateMapping: (mappingId, json) =>
      write({ method: 'PUT', path: path`/v2/admin/k1/accesscontrol/mappings/${mappingId}`, json }),
    deleteMapping: mappingId =>
      write({ method: 'DELETE', path: path`/v2/admin/k1/accesscontrol/mappings/${mappingId}` }),
    async accessGroups() {
      const groups = shapes.listOf(shapes.accessGroup)
      const { result } = await read({ path: path`/v2/admin/k1/accesscontrol/accessgroups` }, groups)
      // The contract lets an id be null; such a group cannot be mapped.
      return result.flatMap(({ id, name }) => (id === null ? [] : [{ id, name: name ?? id }]))
    },
    async lookup(of) {
      const { path: where, paged } = lookups[of]
      if (paged) return readAll({ path: where }, shapes.lookupRow)
      return (await read({ path: where }, shapes.listOf(shapes.lookupRow))).result
    },
    async searchEmployees(text) {
      const found = (query: QueryValues) =>
        readAll({ path: path`/v2/hr/employees/searchselect`, query }, shapes.employee)
      if (text !== '') return found({ 'Filter.Filter_Text': text })
      // Whether those who are inactive are among everybody is said nowhere: they are asked for by themselves.
      const all = [...(await found({})), ...(await found({ 'Filter.IsActive': false }))]
      return [...new Map(all.map(one => [one.id, one])).values()]
    },
    employees: ids =>
      readAll({ path: path`/v2/hr/employees/searchselect`, query: { 'Filter.Ids': ids } }, shapes.employee),
    async countEmployees() {
      const query = { PageSize: 1, PageNumber: 1 }
      const answer = await read({ path: path`/v2/hr/employees/searchselect`, query }, shapes.listOf(shapes.employee))
      return answer.totalRecords ?? null
    },
    async ticketsNumbered(number) {
      const query = { 'Filter.TicketNumber': number }
      const found = await readAll({ path: path`/v2/servicedesk/tickets/searchselect`, query }, shapes.ticket)
      return found.filter(one => one.ticketNumber?.toLowerCase() === number.toLowerCase()).map(one => one.id)
    },
    ticketNotes: ticketId => readAll({ path: path`/v2/servicedesk/tickets/${ticketId}/notes` }, shapes.ticketNote),
    addTicketNote: (ticketId, json) =>
      write({ method: 'POST', path: path`/v2/servicedesk/tickets/${ticketId}/notes`, json }),
    async noteTemplates() {
      const templates = shapes.listOf(shapes.noteTemplate)
      return (await read({ path: path`/v2/servicedesk/templates/notes/lookup` }, templates)).result
    },
  }
}
