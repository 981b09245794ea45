import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { type Received, sendJson, startLoopback } from '../http/loopback.ts'

/** How a server differs from the standard, or uses a freedom that the standard leaves. */
export interface Oddities {
  /** What its configuration says; `none`: it has no configuration. */
  config?: { patch: boolean; filter: boolean } | 'none'
  /** What it answers to a PATCH instead of doing it. */
  patchStatus?: number
  /** It takes a PATCH of this type alone. */
  patchType?: string
  /** It takes no PATCH with a path. */
  noPaths?: true
  /** Attributes that it cannot filter by, and what it answers then. */
  unfilterable?: readonly string[]
  unfilterableStatus?: number
  scimType?: string
  /** It answers every filter with everybody. */
  ignoresFilters?: true
  /** It compares to the letter. */
  caseExact?: true
  /** It stumbles over a quotation mark in a value. */
  noQuotes?: true
  /** It cannot do `or`. */
  noOr?: true
  /** It finds nothing for a filter that it does not know. */
  findsNothingBy?: readonly string[]
  /** It answers 200 to a change of `active`, and changes nothing. */
  ignoresActive?: true
  /** `active` as text. */
  activeAsText?: true
  /** Any removal of members empties the group. */
  clearsGroups?: true
  /** It does not understand `members[value eq "x"]`. */
  noPathFilters?: true
  goneOnDelete?: 404 | 500
  /** Most resources a page. */
  mostAPage?: number
  /** It always sends the first page. */
  ignoresStartIndex?: true
  refusesCountZero?: true
  noGroups?: true
  /** It lists groups, and answers 404 to each by itself. */
  losesGroups?: true
  /** Lists of groups come without members. */
  listsWithoutMembers?: true
  /** Lists of groups come with no member in them. */
  listsEmptyMembers?: true
  /** Groups of more members than so are shown without, wherever they are shown. */
  hidesMembersOver?: number
  /** totalResults is what the page has, or is text. */
  totals?: 'of the page' | 'as text'
  /** What it answers to reading groups, or its configuration. */
  groupsStatus?: number
  configStatus?: number
  /** A user without a log-in. */
  nullUserName?: string
  /** It does what a PATCH asks for, and answers this. */
  doesAndAnswers?: number
  /** So many requests are one too many, without a time to wait. */
  rateRefusals?: number
  /** So many reads of a user show what was before the last change. */
  staleReads?: number
  /** Users say which groups they are in. */
  groupsOnUsers?: true
  /** It wants If-Match on every PUT. `moves`: so often somebody else was faster. */
  versions?: { moves: number }
}

interface Person {
  id: string
  userName: string
  emails: { value: string; primary?: boolean }[]
  active: boolean
  roles?: Record<string, unknown>[]
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: string }
}

interface Team {
  id: string
  displayName: string
  members: { value: string }[]
}

export interface OddServer {
  url: string
  people: Map<string, Person>
  teams: Map<string, Team>
  received: Received[]
  /** From the first request of this method on, single resources of the endpoint are not shown. */
  blind(endpoint: string, after: string): void
  /** `PATCH /Users/ada`, of what is no GET, since the last time. */
  writes(): string[]
  close(): Promise<void>
}

const patchBody = z.object({
  Operations: z.array(z.object({ op: z.string(), path: z.string().default(''), value: z.unknown().optional() })),
})
const personBody = z.object({ id: z.string(), userName: z.string(), active: z.union([z.boolean(), z.string()]) })
const teamBody = z.object({ id: z.string(), members: z.array(z.object({ value: z.string() })).optional() })

/** Ada (`ada`), seven others, and three teams; every resource carries members that nobody asked for. */
export async function startOddServer(odd: Oddities = {}): Promise<OddServer> {
  const people = new Map<string, Person>()
  for (const id of ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal']) {
    people.set(id, {
      id,
      userName: `${id}@northwind.example`,
      emails: [{ value: `${id.charAt(0).toUpperCase()}${id.slice(1)}.Alias@northwind.example` }],
      active: true,
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Help desk' },
    })
  }
  const teams = new Map<string, Team>()
  const team = (id: string, ...members: string[]) =>
    teams.set(id, { id, displayName: `Team ${id}`, members: members.map(value => ({ value })) })
  team('all', 'ada', 'bob', 'cleo', 'dan')
  team('pair', 'ada', 'bob')
  team('other', 'bob', 'cleo')
  let version = 1
  let moves = odd.versions?.moves ?? 0

  const loopback = await startLoopback((request, response) => answer(request, response))

  let refusals = odd.rateRefusals ?? 0
  let stale = 0
  let blinding: { endpoint: string; after: string; begun: boolean } | undefined
  const before = new Map<string, Person>()

  function answer(request: Received, response: ServerResponse): unknown {
    if (refusals > 0) {
      refusals -= 1
      return refuse(response, 429)
    }
    const url = new URL(request.url, 'http://odd')
    const [, , endpoint = '', id] = url.pathname.split('/').map(decodeURIComponent)
    if (endpoint === 'ServiceProviderConfig') return sendConfig(response)
    if (endpoint === 'Groups' && odd.noGroups) return refuse(response, 404)
    if (endpoint === 'Groups' && odd.groupsStatus !== undefined) return refuse(response, odd.groupsStatus)
    const kept: Map<string, Person | Team> = endpoint === 'Groups' ? teams : people
    if (id === undefined) return list(response, url, endpoint, [...kept.values()])
    if (request.method === 'DELETE' && !kept.has(id)) return refuse(response, odd.goneOnDelete ?? 404)
    const one = kept.get(id)
    if (one === undefined || (endpoint === 'Groups' && odd.losesGroups)) return refuse(response, 404)
    if (blinding?.endpoint === endpoint) {
      if (request.method === blinding.after) blinding.begun = true
      else if (request.method === 'GET' && blinding.begun) return refuse(response, 403)
    }
    if (request.method === 'GET') return sendJson(response, shown(lagging(one)), 200, etag())
    if (request.method === 'PATCH') return patch(request, response, one)
    if (request.method === 'PUT') return put(request, response, one)
    kept.delete(id)
    return response.writeHead(204).end()
  }

  function sendConfig(response: ServerResponse): unknown {
    if (odd.configStatus !== undefined) return refuse(response, odd.configStatus)
    if (odd.config === 'none') return refuse(response, 404)
    const { patch, filter } = odd.config ?? { patch: true, filter: true }
    return sendJson(response, { patch: { supported: patch }, filter: { supported: filter }, mystery: [1] })
  }

  function list(response: ServerResponse, url: URL, endpoint: string, all: (Person | Team)[]): unknown {
    const filter = url.searchParams.get('filter')
    const clauses = [...(filter ?? '').matchAll(/([\w.]+) eq "((?:[^"\\]|\\.)*)"/g)]
    const attributes = clauses.map(([, attribute = '']) => attribute)
    const refused = attributes.some(one => odd.unfilterable?.includes(one)) || (odd.noOr && attributes.length > 1)
    if (refused) return refuse(response, odd.unfilterableStatus ?? 400, odd.scimType ?? 'invalidFilter')
    if (odd.noQuotes && filter?.includes('\\"')) return refuse(response, 400, 'invalidFilter')
    const asked = Number(url.searchParams.get('count') ?? '100')
    if (asked === 0 && odd.refusesCountZero) return refuse(response, 400, 'invalidValue')
    const found = all.filter(
      one =>
        filter === null ||
        odd.ignoresFilters ||
        clauses.some(
          ([, attribute = '', value]) =>
            !odd.findsNothingBy?.includes(attribute) && fits(one, attribute, value, odd.caseExact === true),
        ),
    )
    const start = odd.ignoresStartIndex ? 0 : Number(url.searchParams.get('startIndex') ?? '1') - 1
    const page = found.slice(start, start + Math.min(asked, odd.mostAPage ?? 100)).map(shown)
    const bare = page.map(one =>
      odd.listsWithoutMembers || odd.listsEmptyMembers
        ? { ...one, members: odd.listsEmptyMembers ? [] : undefined }
        : one,
    )
    const total = odd.totals === 'of the page' ? page.length : found.length
    return sendJson(response, {
      totalResults: odd.totals === 'as text' ? String(total) : total,
      Resources: endpoint === 'Groups' ? bare : page,
      mystery: true,
    })
  }

  function lagging(one: Person | Team): Person | Team {
    if (stale <= 0) return one
    stale -= 1
    return before.get(one.id) ?? one
  }

  function shown(one: Person | Team) {
    if ('members' in one) {
      const isHidden = one.members.length > (odd.hidesMembersOver ?? Number.POSITIVE_INFINITY)
      return { ...one, ...(isHidden ? { members: undefined } : {}), mystery: { deep: [] } }
    }
    const groups = [...teams.values()].filter(({ members }) => members.some(({ value }) => value === one.id))
    return {
      ...one,
      mystery: null,
      ...(odd.nullUserName === one.id ? { userName: null } : {}),
      active: odd.activeAsText ? (one.active ? 'True' : 'False') : one.active,
      ...(odd.groupsOnUsers
        ? { groups: groups.map(({ id, displayName }) => ({ value: id, display: displayName })) }
        : {}),
    }
  }

  function patch(request: Received, response: ServerResponse, one: Person | Team): unknown {
    if (odd.patchStatus !== undefined) return refuse(response, odd.patchStatus)
    if (odd.patchType !== undefined && request.headers['content-type'] !== odd.patchType) return refuse(response, 415)
    if (!('members' in one)) before.set(one.id, { ...one })
    stale = odd.staleReads ?? 0
    for (const { op, path, value } of patchBody.parse(JSON.parse(request.body)).Operations) {
      if ('members' in one) {
        const [, wanted] = /^members\[value eq "(.*)"\]$/.exec(path) ?? []
        if (wanted !== undefined && odd.noPathFilters) return refuse(response, 400, 'invalidPath')
        if (op === 'remove') one.members = odd.clearsGroups ? [] : one.members.filter(member => member.value !== wanted)
        else one.members.push(...z.array(z.object({ value: z.string() })).parse(value))
      } else if (odd.noPaths && path !== '') return refuse(response, 400, 'invalidPath')
      else if (path === '') Object.assign(one, z.object({ active: z.boolean() }).parse(value))
      else if (path === 'roles') {
        one.roles = op === 'remove' ? [] : z.array(z.record(z.string(), z.unknown())).parse(value)
      } else if (path === 'active' && typeof value !== 'boolean') return refuse(response, 400, 'invalidValue')
      else if (path === 'active' && !odd.ignoresActive) one.active = value === true
    }
    version += 1
    return odd.doesAndAnswers === undefined ? sendJson(response, shown(one)) : refuse(response, odd.doesAndAnswers)
  }

  function put(request: Received, response: ServerResponse, one: Person | Team): unknown {
    if (odd.versions) {
      if (moves > 0) {
        moves -= 1
        version += 1
      }
      if (request.headers['if-match'] !== etag().etag) return refuse(response, 412)
    }
    const body: unknown = JSON.parse(request.body)
    if ('members' in one) one.members = teamBody.parse(body).members ?? []
    else {
      const { active } = personBody.parse(body)
      // Strict about what is written, however it reads.
      if (typeof active !== 'boolean') return refuse(response, 400, 'invalidValue')
      one.active = active
      people.set(one.id, { ...z.looseObject({}).parse(body), ...one })
    }
    version += 1
    return sendJson(response, shown(one))
  }

  function etag(): Record<string, string> {
    return odd.versions ? { etag: `W/"${version}"` } : {}
  }

  return {
    url: `${loopback.url}/scim`,
    people,
    teams,
    received: loopback.received,
    blind(endpoint, after) {
      blinding = { endpoint, after, begun: false }
    },
    writes() {
      const seen = loopback.received.filter(({ method }) => method !== 'GET')
      loopback.received.splice(0)
      return seen.map(({ method, url }) => `${method} ${url.replace('/scim', '')}`)
    },
    close: loopback.close,
  }
}

function fits(one: Person | Team, attribute: string, value: string | undefined, caseExact: boolean): boolean {
  const fold = (text: string | undefined) => (caseExact ? text : text?.toLowerCase())
  const wanted = fold(value)
  if (attribute === 'members.value') return 'members' in one && one.members.some(member => member.value === value)
  if ('members' in one) return false
  if (attribute === 'userName') return fold(one.userName) === wanted
  return attribute === 'emails.value' && one.emails.some(email => fold(email.value) === wanted)
}

function refuse(response: ServerResponse, status: number, scimType?: string): unknown {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  const body = { schemas, status: String(status), detail: `It says ${status}`, ...(scimType ? { scimType } : {}) }
  return sendJson(response, body, status)
}
