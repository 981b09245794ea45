import type { ModuleUser } from '../../core/features.ts'
import type { BmsClient } from './client.ts'
import { toUser } from './reading.ts'
import type { Employee } from './schemas.ts'

const mostNear = 10
const leastAlike = 3

/**
 * Employees whose e-mail or user name is exactly `text`, case ignored, and near ones. Which fields BMS's filter
 * searches is documented nowhere. So what it finds is compared here; and before anybody is said not to exist, all
 * employees are read.
 */
export async function findUsers(client: BmsClient, text: string): Promise<{ exact: ModuleUser[]; near: ModuleUser[] }> {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return { exact: [], near: [] }
  const isExact = (one: Employee) => one.emailAddress === wanted || one.username === wanted
  let found = (await client.searchEmployees(text.trim())).map(fold)
  if (!found.some(({ folded }) => isExact(folded))) found = (await client.searchEmployees('')).map(fold)
  const near = found
    .filter(({ folded }) => !isExact(folded))
    .map(one => ({ ...one, alike: likeness(one.folded, wanted) }))
    .filter(({ alike }) => alike >= leastAlike)
    .sort((a, b) => b.alike - a.alike)
  return {
    exact: found.filter(({ folded }) => isExact(folded)).map(({ employee }) => toUser(employee)),
    near: near.slice(0, mostNear).map(({ employee }) => toUser(employee)),
  }
}

function fold(employee: Employee): { employee: Employee; folded: Employee } {
  const lower = (text: string | null | undefined) => text?.trim().toLowerCase()
  const { firstName, lastName, emailAddress, username } = employee
  const folded = {
    ...employee,
    firstName: lower(firstName),
    lastName: lower(lastName),
    emailAddress: lower(emailAddress),
    username: lower(username),
  }
  return { employee, folded }
}

/** How many letters one of the names shares with the start of what was asked for; a whole last name counts fully. */
function likeness(folded: Employee, wanted: string): number {
  const local = wanted.split('@')[0] ?? wanted
  const { firstName, lastName, emailAddress, username } = folded
  const names = [emailAddress, username, firstName, lastName, `${firstName} ${lastName}`]
  const shared = names.map(name => commonPrefix(name ?? '', local))
  if (lastName && lastName.length >= leastAlike && local.includes(lastName)) shared.push(lastName.length)
  return Math.max(...shared)
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}
