import type { ModuleUser } from '../../core/features.ts'
import type { BmsClient } from './client.ts'
import { toUser } from './reading.ts'
import type { Employee } from './schemas.ts'

const mostNear = 10
const leastAlike = 3

/** Employees whose e-mail or user name is exactly `text`, case ignored, and near ones for "did you mean". */
export async function findUsers(client: BmsClient, text: string): Promise<{ exact: ModuleUser[]; near: ModuleUser[] }> {
  const { exact, others, wanted } = await search(client, text)
  const near = others
    .map(one => ({ ...one, alike: likeness(one.folded, wanted) }))
    .filter(({ alike }) => alike >= leastAlike)
    .sort((a, b) => b.alike - a.alike)
  return {
    exact: exact.map(toUser),
    near: near.slice(0, mostNear).map(({ employee }) => toUser(employee)),
  }
}

/** From so many look-ups on in one session, reading everybody once costs less of BMS's 1,500 requests an hour. */
const manyFinds = 20

/**
 * Finds employees whose e-mail or user name is exactly the word, case ignored. A session that looks for many reads
 * everybody once and goes on from there; what it finds is looked at by number before anything is concluded from it.
 */
export function createEmployeeFinder(client: BmsClient): (word: string) => Promise<Employee[]> {
  let finds = 0
  let everybody: Promise<Folded[]> | undefined
  const readEverybody = async () => {
    try {
      return (await client.searchEmployees('')).map(fold)
    } catch (error) {
      everybody = undefined
      throw error
    }
  }
  return async word => {
    finds += 1
    if (finds <= manyFinds) return (await search(client, word)).exact
    everybody ??= readEverybody()
    const among = (people: readonly Folded[]) => people.filter(one => isNamed(one, word)).map(one => one.employee)
    const known = among(await everybody)
    // Somebody may have come since everybody was read.
    return known.length > 0 ? known : among((await client.searchEmployees(word.trim())).map(fold))
  }
}

function isNamed({ folded }: Folded, word: string): boolean {
  const wanted = word.trim().toLowerCase()
  return wanted !== '' && (folded.emailAddress === wanted || folded.username === wanted)
}

/**
 * Which fields BMS's filter searches is documented nowhere. So what it finds is compared here; and before anybody is
 * said not to exist, all employees are read.
 */
async function search(client: BmsClient, text: string) {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return { exact: [], others: [], wanted }
  const isExact = (one: Folded) => isNamed(one, wanted)
  let found = (await client.searchEmployees(text.trim())).map(fold)
  if (!found.some(isExact)) found = (await client.searchEmployees('')).map(fold)
  const exact = found.filter(isExact).map(({ employee }) => employee)
  return { exact, others: found.filter(one => !isExact(one)), wanted }
}

interface Folded {
  employee: Employee
  folded: Employee
}

function fold(employee: Employee): Folded {
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
