import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { rights } from './access.ts'
import type { DomainController } from './controller.ts'
import { type Entry, isDeleted, setTexts, textOf } from './tree.ts'

/**
 * The directory's own control calls, with JSON bodies:
 * - `POST sync/delay {"ms": 60000}`: so much later the cloud hears what is changed from now on.
 * - `POST rights {"without": ["delete"]}`: what the connection's account has not been delegated; `[]` gives all back.
 * - `POST limits {"page": 5, "values": 2}`: how many entries, and values of one attribute, one answer has at most.
 * - `POST protected {"account": "nadia.osman", "on": true}`: "Protect object from accidental deletion".
 * - `POST manager {"account": "nadia.osman", "is": "ben.cole"}`: whom somebody reports to.
 */
export function controlDirectory(controller: DomainController, request: SimulatedRequest): SimulatedResponse | null {
  const act = request.method === 'POST' ? calls[request.path] : undefined
  if (act === undefined) return null
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'))
    act(controller, typeof body === 'object' && body !== null ? { ...body } : {})
    return { status: 204 }
  } catch (error) {
    return { status: 400, body: error instanceof Error ? error.message : String(error) }
  }
}

type Body = Record<string, unknown>

const calls: Record<string, (controller: DomainController, body: Body) => void> = {
  '/sync/delay': ({ deps }, body) => deps.sync.setDelay(count(body, 'ms')),
  '/rights': ({ access }, { without }) => {
    const names = Array.isArray(without) ? without.map(String) : null
    if (names === null) throw new Error(`"without" must be a list of ${rights.join(', ')}`)
    const unknown = names.find(name => !rights.some(right => right === name))
    if (unknown !== undefined) throw new Error(`There is no right "${unknown}", only ${rights.join(', ')}`)
    access.withheld.clear()
    for (const right of rights) if (names.includes(right)) access.withheld.add(right)
  },
  '/limits': (controller, body) => {
    controller.limits = {
      page: body.page === undefined ? controller.limits.page : count(body, 'page'),
      values: body.values === undefined ? controller.limits.values : count(body, 'values'),
    }
  },
  '/protected': (controller, body) => {
    accountOf(controller, String(body.account)).protectedFromDeletion = body.on === true
  },
  '/manager': (controller, body) => {
    setTexts(accountOf(controller, String(body.account)), 'manager', accountOf(controller, String(body.is)).guid)
  },
}

function count(body: Body, name: string): number {
  const value = body[name]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new Error(`"${name}" must be a number`)
  return value
}

function accountOf({ tree }: DomainController, login: string): Entry {
  const entry = tree.all().find(one => !isDeleted(one) && textOf(one, 'sAMAccountName') === login)
  if (entry === undefined) throw new Error(`There is no account "${login}"`)
  return entry
}
