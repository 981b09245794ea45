import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { elementsOf, type Resource } from './filter.ts'
import type { ScimQuirks } from './quirks.ts'
import { ScimError } from './scim-error.ts'

type Answer = (request: SimulatedRequest, rest: readonly string[]) => SimulatedResponse

/** Answers as `answer` does, but for the quirks that are on. `rest`: the path below the tenant's SCIM. @throws ScimError */
export function misbehave(
  quirks: ScimQuirks,
  request: SimulatedRequest,
  rest: readonly string[],
  answer: Answer,
): SimulatedResponse {
  refuse(quirks, request, rest)
  const [endpoint, id] = rest
  const isList = request.method === 'GET' && id === undefined && (endpoint === 'Users' || endpoint === 'Groups')
  const known = numberless(quirks, rest)
  if (isList) return shown(quirks, listed(quirks, request, rest, answer))
  if (request.method === 'PATCH' && endpoint === 'Users' && quirks.has('patchIgnored')) {
    return shown(quirks, answer({ ...request, method: 'GET' }, known))
  }
  if (request.method === 'PATCH' && endpoint === 'Groups' && quirks.has('removalEmpties')) {
    return answer({ ...request, body: emptying(request.body) }, known)
  }
  try {
    return shown(quirks, answer({ ...request, body: numberlessBody(quirks, request.body) }, known))
  } catch (error) {
    if (error instanceof ScimError && error.status === 404 && quirks.has('missingIs500')) {
      throw new ScimError(500, 'Error while reading the user store.')
    }
    throw error
  }
}

function refuse(quirks: ScimQuirks, { method, query }: SimulatedRequest, [endpoint]: readonly string[]): void {
  if (quirks.strikes('ratesRefused', 3)) throw new ScimError(429, 'Rate limit exceeded.')
  if (method === 'PATCH' && quirks.has('noPatch')) throw new ScimError(405, 'PATCH is not allowed.')
  if (method === 'PUT' && quirks.has('noPut')) throw new ScimError(405, 'PUT is not allowed.')
  const filter = query.get('filter')
  if (filter === null) return
  const isOther = !/^\s*userName eq "(?:[^"\\]|\\.)*"\s*$/i.test(filter)
  const isByMember = endpoint === 'Groups' && quirks.has('membersUnlisted')
  if (isByMember || (isOther && quirks.has('onlyUserNameFilter'))) {
    throw new ScimError(400, 'This filter is not supported.', 'invalidFilter')
  }
}

const pageSize = 10

function listed(
  quirks: ScimQuirks,
  request: SimulatedRequest,
  rest: readonly string[],
  answer: Answer,
): SimulatedResponse {
  const query = new URLSearchParams(request.query)
  const [start, count] = [Number(query.get('startIndex') ?? 1), Number(query.get('count') ?? 100)]
  if (quirks.has('pagingNeeded') && !(query.has('filter') || (query.has('startIndex') && query.has('count')))) {
    query.set('count', '0')
  }
  if (quirks.has('filterIgnored')) query.delete('filter')
  const isPaged = (['listsCapped', 'totalOfPage', 'startIndexIgnored', 'pagesOverlap'] as const).some(one =>
    quirks.has(one),
  )
  if (isPaged && count > pageSize) query.set('count', String(pageSize))
  if (quirks.has('listsCapped') || quirks.has('startIndexIgnored')) query.set('startIndex', '1')
  if (quirks.has('startIndexFromZero')) query.set('startIndex', String(start + 1))
  if (quirks.has('pagesOverlap')) query.set('startIndex', String(start - Math.floor((start - 1) / pageSize)))
  const exact = quirks.has('caseCounts') ? lettersOf(query) : undefined
  const found = answer({ ...request, query }, rest)
  const [body] = elementsOf(found.body)
  if (body === undefined || found.status !== 200) return found
  const all = elementsOf(body.Resources)
  const kept = exact === undefined ? all : all.filter(one => capitals(String(one.userName)) === exact)
  if (kept.length === 0 && request.query.has('filter') && quirks.has('nobodyIs404')) {
    throw new ScimError(404, 'No such user.')
  }
  // The last page never comes: those who slid back by one each are counted all the same.
  const total = quirks.has('listsCapped') || quirks.has('totalOfPage') ? kept.length : body.totalResults
  return {
    ...found,
    body: {
      ...body,
      Resources: kept,
      itemsPerPage: kept.length,
      totalResults: exact === undefined ? total : kept.length,
    },
  }
}

/** The value of a filter by userName, to the letter. */
function lettersOf(query: URLSearchParams): string | undefined {
  return /^\s*userName eq "((?:[^"\\]|\\.)*)"\s*$/i.exec(query.get('filter') ?? '')?.[1]
}

/** `eric.hansen@x.example` as `Eric.Hansen@x.example`. */
function capitals(name: string): string {
  return name.replace(/(?:^|(?<=[.+]))[a-z](?=[^@]*@)/g, letter => letter.toUpperCase())
}

/** As the client sees it: a resource, or a list of them. */
function shown(quirks: ScimQuirks, response: SimulatedResponse): SimulatedResponse {
  const [body] = elementsOf(response.body)
  if (body === undefined || response.status >= 300) return response
  if (!Array.isArray(body.Resources)) return { ...response, body: resource(quirks, body, false) }
  return {
    ...response,
    body: { ...body, Resources: elementsOf(body.Resources).map(one => resource(quirks, one, true)) },
  }
}

function resource(quirks: ScimQuirks, one: Resource, isListed: boolean): Resource {
  if ('members' in one || !('userName' in one)) {
    const members = elementsOf(one.members ?? []).map(member =>
      quirks.has('idsAreNumbers') ? { ...member, value: asNumber(member.value) } : member,
    )
    return 'displayName' in one ? { ...one, members: isListed && quirks.has('membersUnlisted') ? [] : members } : one
  }
  return {
    ...one,
    ...(quirks.has('activeAsText') ? { active: one.active === true ? 'True' : 'False' } : {}),
    ...(quirks.has('idsAreNumbers') ? { id: asNumber(one.id) } : {}),
    ...(quirks.has('caseCounts') ? { userName: capitals(String(one.userName)) } : {}),
  }
}

const numbers = new Map<number, string>()

/** A number for an id, the same each time. */
function asNumber(id: unknown): number {
  const number = [...String(id)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
  numbers.set(number, String(id))
  return number
}

function numberless(quirks: ScimQuirks, rest: readonly string[]): readonly string[] {
  if (!quirks.has('idsAreNumbers')) return rest
  return rest.map(part => numbers.get(Number(part)) ?? part)
}

/** What was sent of such ids, in paths of members and in values. */
function numberlessBody(quirks: ScimQuirks, body: Buffer): Buffer {
  if (!quirks.has('idsAreNumbers') || body.length === 0) return body
  const text = body.toString('utf8')
  return Buffer.from(
    text
      .replace(/("(?:value|id)":)"?(\d+)"?/g, (all, name, digits) => {
        const id = numbers.get(Number(digits))
        return id === undefined ? all : `${name}"${id}"`
      })
      .replace(/(value eq \\")(\d+)(\\")/g, (_, before, digits, after) => {
        return `${before}${numbers.get(Number(digits)) ?? digits}${after}`
      }),
  )
}

/** `members[value eq "x"]` as `members`. */
function emptying(body: Buffer): Buffer {
  return Buffer.from(body.toString('utf8').replace(/"members\[[^\]]*\]"/g, '"members"'))
}
