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
  const found = candidates(company, filter)
    .filter(employee => matches(employee, text))
    .filter(({ active }) => filter.active === null || active === filter.active)
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
  const found = candidates(company, filter)
    .filter(({ active }) => active)
    .filter(employee => fullName(employee).toLowerCase().includes(name))
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

/** Whose numbers were asked for, without going over everybody; in the order of the numbers. */
function candidates(company: Company, { ids }: Filter): readonly Employee[] {
  if (ids === null) return company.employees()
  return [...new Set(ids)].sort((one, other) => one - other).flatMap(id => company.employee(id) ?? [])
}

function page<T>(items: readonly T[], { size, number }: Filter): T[] {
  return items.slice((number - 1) * size, number * size)
}

function matches(employee: Employee, text: string): boolean {
  return text === '' || wordsOf(employee).some(words => words.includes(text))
}

const words = new WeakMap<Employee, readonly string[]>()

/** In lower case, kept with the employee: a search goes over everybody. */
function wordsOf(employee: Employee): readonly string[] {
  const known = words.get(employee) ?? [fullName(employee).toLowerCase(), employee.email.toLowerCase()]
  words.set(employee, known)
  return known
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
