import type { Company, Employee } from './company.ts'
import { failure, type Reply, success } from './envelope.ts'

const defaultPageSize = 25
/** Asked for more, a page holds this much: a caller that trusts its own page size would miss people. */
const largestPage = 100

/** `/v2/hr/employees/searchselect`: everybody, with `IsActive`. */
export function searchEmployees(company: Company, query: URLSearchParams): Reply {
  const filter = readFilter(query)
  if (!filter) return failure(400, 400, 'One or more validation errors occurred.')
  const text = (one(query, 'filter.filter_text') ?? '').toLowerCase()
  const found = company
    .employees()
    .filter(employee => matches(employee, text))
    .filter(({ active }) => filter.active === null || active === filter.active)
    .filter(({ id }) => filter.ids === null || filter.ids.includes(id))
  const rows = page(found, filter).map(({ id, firstName, lastName, email, username, jobTitle, active }) => ({
    Id: id,
    FirstName: firstName,
    LastName: lastName,
    EmailAddress: email,
    Username: username,
    JobTitle: jobTitle,
    IsActive: active,
  }))
  return success(rows, found.length)
}

/** `/v2/hr/employees/lookup`: active people, to choose a manager from. It says nowhere how many there are. */
export function lookupEmployees(company: Company, query: URLSearchParams): Reply {
  const filter = readFilter(query)
  if (!filter) return failure(400, 400, 'One or more validation errors occurred.')
  const name = (one(query, 'filter.name') ?? '').toLowerCase()
  const found = company
    .employees()
    .filter(({ active }) => active)
    .filter(employee => fullName(employee).toLowerCase().includes(name))
    .filter(({ id }) => filter.ids === null || filter.ids.includes(id))
  return success(page(found, filter).map(employee => ({ Id: employee.id, Name: fullName(employee) })))
}

interface Filter {
  ids: number[] | null
  active: boolean | null
  size: number
  number: number
}

/** Null when a number or a truth value is none. */
function readFilter(query: URLSearchParams): Filter | null {
  const ids = all(query, 'filter.ids').map(Number)
  const active = one(query, 'filter.isactive')?.toLowerCase() ?? null
  const size = Number(one(query, 'pagesize') ?? defaultPageSize)
  const number = Number(one(query, 'pagenumber') ?? 1)
  if (![...ids, size, number].every(Number.isInteger)) return null
  if (active !== null && active !== 'true' && active !== 'false') return null
  return {
    ids: ids.length === 0 ? null : ids,
    active: active === null ? null : active === 'true',
    size: size < 1 ? defaultPageSize : Math.min(size, largestPage),
    number: Math.max(1, number),
  }
}

function page<T>(items: readonly T[], { size, number }: Filter): T[] {
  return items.slice((number - 1) * size, number * size)
}

function matches(employee: Employee, text: string): boolean {
  return fullName(employee).toLowerCase().includes(text) || employee.email.toLowerCase().includes(text)
}

function fullName({ firstName, lastName }: Employee): string {
  return `${firstName} ${lastName}`
}

/** The server matches the names of query members ignoring case. */
function all(query: URLSearchParams, name: string): string[] {
  return [...query].filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

function one(query: URLSearchParams, name: string): string | undefined {
  return all(query, name)[0]
}
