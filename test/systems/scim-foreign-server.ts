import { createServer } from 'node:http'
import express from 'express'
import SCIMMY from 'scimmy'
import { SCIMMYRouters } from 'scimmy-routers'
import { portOf } from '../http/loopback.ts'

interface Stored {
  id: string
  [attribute: string]: unknown
}

/** A SCIM server that is not ours (npm `scimmy` and `scimmy-routers`), with a store in memory. */
export interface ForeignServer {
  url: string
  token: string
  users: Map<string, Stored>
  groups: Map<string, Stored>
  /** `PATCH /Users/7 204`, of every request that is no GET, since the last time. */
  writes(): string[]
  close(): Promise<void>
}

/** SCIMMY's types want whole resources of its own classes; it makes them itself, of whatever it is given. */
function asTheirs(stored: Stored | Stored[]): never {
  return stored as never
}

export async function startForeignServer(): Promise<ForeignServer> {
  const users = new Map<string, Stored>()
  const groups = new Map<string, Stored>()
  const token = 'a token of a foreign server'
  let writes: string[] = []
  let count = 0

  const store = (kept: Map<string, Stored>) => ({
    write(resource: { id?: string }, instance: object): Stored {
      const id = resource.id ?? `r-${++count}`
      if (resource.id !== undefined && !kept.has(resource.id)) throw new Error('gone')
      // Plain JSON: what SCIMMY hands out keeps changing with the request.
      const saved: Stored = { ...JSON.parse(JSON.stringify(instance)), id }
      kept.set(id, saved)
      return saved
    },
    read(resource: { id?: string; filter?: { match(values: Stored[]): Stored[] } }): Stored | Stored[] {
      if (resource.id !== undefined) {
        const found = kept.get(resource.id)
        if (found === undefined) throw new Error('gone')
        return found
      }
      const all = [...kept.values()]
      return resource.filter === undefined ? all : resource.filter.match(all)
    },
    remove(resource: { id?: string }): void {
      if (!kept.delete(resource.id ?? '')) throw new Error('gone')
    },
  })

  const people = store(users)
  const teams = store(groups)
  SCIMMY.Resources.declare(SCIMMY.Resources.User)
    .ingress((resource, instance) => asTheirs(people.write(resource, instance)))
    .egress(resource => asTheirs(people.read(resource)))
    .degress(resource => people.remove(resource))
  SCIMMY.Resources.declare(SCIMMY.Resources.Group)
    .ingress((resource, instance) => asTheirs(teams.write(resource, instance)))
    .egress(resource => asTheirs(teams.read(resource)))
    .degress(resource => teams.remove(resource))

  const app = express()
  app.use((request, response, next) => {
    // Express 5 parses the query anew at every look, and scimmy-routers counts on its page numbers being kept.
    Object.defineProperty(request, 'query', { value: request.query })
    const { method, path } = request
    response.on('finish', () => {
      if (method !== 'GET') writes.push(`${method} ${path.replace('/scim', '')} ${response.statusCode}`)
    })
    next()
  })
  const handler = (request: { header(name: string): string | undefined }) => {
    if (request.header('authorization') !== `Bearer ${token}`) throw new Error('This is not the right token.')
    return 'k1ctl'
  }
  app.use('/scim', new SCIMMYRouters({ type: 'bearer', handler }))
  const server = createServer(app)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/scim`,
    token,
    users,
    groups,
    writes() {
      const seen = writes
      writes = []
      return seen
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
