import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { AwsError } from './aws-error.ts'
import { type Quirks, setQuirks } from './quirks.ts'
import { idOf } from './seed.ts'
import type { AssignmentPace } from './sso-admin.ts'
import type { AwsState } from './state.ts'

/** What control calls set: everything that goes wrong, or takes time, in AWS itself. */
export interface Trouble {
  /** `iam:PutUserPolicy`: actions that the operator may not do. */
  denied: string[]
  /** Refusals by action: `PutUserPolicy`. */
  refusals: { action: string; code: string; message: string; status?: number; times: number; skip: number }[]
  pace: AssignmentPace
  /** How long IAM's reads show what was before a write, in milliseconds. */
  lagMs: number
  pageSize: number
  quirks: Quirks
}

export function noTrouble(): Trouble {
  return {
    denied: [],
    refusals: [],
    pace: { delayMs: 2000, failNext: [] },
    lagMs: 0,
    pageSize: 1000,
    quirks: new Map(),
  }
}

/**
 * `POST deny {actions}`: the operator may not do these (all others: yes). `POST refuse {action, code, message, status?,
 * times?, skip?}`: AWS says no to an action. `POST assignments {delayMs?, fail?}`: how long they take, and why the next
 * fails. `POST lag {ms}`: IAM is eventually consistent. `POST page-size {size}`: of all lists. `POST users {name,
 * become?, recreate?}`: somebody renames an IAM user, or deletes it and gives its name to a new one.
 * `POST quirks {name: true}`: see quirks.ts.
 */
export function controlAws(
  trouble: Trouble,
  state: () => AwsState,
  request: SimulatedRequest,
): SimulatedResponse | null {
  if (request.method !== 'POST') return null
  const known = ['/deny', '/refuse', '/assignments', '/lag', '/page-size', '/users', '/quirks']
  if (!known.includes(request.path)) return null
  const body: unknown = JSON.parse(request.body.toString('utf8'))
  const input = new Map<string, unknown>(typeof body === 'object' && body !== null ? Object.entries(body) : [])
  const text = (name: string, other = '') => String(input.get(name) ?? other)
  const number = (name: string, other: number) => Number(input.get(name) ?? other)
  switch (request.path) {
    case '/deny': {
      const actions = input.get('actions')
      trouble.denied = Array.isArray(actions) ? actions.map(String) : []
      break
    }
    case '/refuse':
      trouble.refusals.push({
        action: text('action'),
        code: text('code'),
        message: text('message', 'No.'),
        times: number('times', 1),
        skip: number('skip', 0),
        ...(input.has('status') ? { status: number('status', 400) } : {}),
      })
      break
    case '/assignments':
      trouble.pace.delayMs = number('delayMs', trouble.pace.delayMs)
      if (input.has('fail')) trouble.pace.failNext.push(text('fail'))
      break
    case '/quirks':
      try {
        setQuirks(trouble.quirks, input)
      } catch (error) {
        return { status: 400, body: String(error) }
      }
      break
    case '/lag':
      trouble.lagMs = number('ms', 0)
      break
    case '/page-size':
      trouble.pageSize = number('size', 1000)
      break
    default:
      return changeUser(state(), text('name'), text('become'), input.get('recreate') === true)
  }
  return { status: 204 }
}

function changeUser(state: AwsState, name: string, become: string, recreate: boolean): SimulatedResponse {
  const [account] = state.accounts
  const user = account?.users.find(one => one.name === name)
  if (user === undefined) return { status: 404, body: `There is no IAM user ${name}.` }
  if (become !== '') user.name = become
  if (recreate) user.id = idOf('AIDA', `${name} again`)
  return { status: 204 }
}

/** @throws AwsError when this action is to be refused now */
export function refuseIfTold(trouble: Trouble, action: string): void {
  const found = trouble.refusals.find(one => one.action === action)
  if (found === undefined) return
  if (found.skip > 0) {
    found.skip -= 1
    return
  }
  found.times -= 1
  if (found.times <= 0) trouble.refusals = trouble.refusals.filter(one => one !== found)
  throw new AwsError(found.code, found.message, found.status)
}
