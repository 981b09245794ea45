import type { Directory } from '../directory.ts'
import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { isRecord, jsonObject, stringMember } from './json.ts'
import type { LogIn } from './log-in.ts'
import { Problem } from './problem.ts'
import type { ModuleId } from './profile.ts'
import type { UnifiedLogin } from './unified-login.ts'

/**
 * What a test or a demo does behind the module's back, below its control URL:
 *
 * - `GET pushes`; `POST push {challenge, approve}`; `POST push-auto {afterMs: n | null}`
 * - `POST expire-tokens {refresh?: true}`: access tokens, and with `refresh` the refresh tokens too
 * - `POST deprovision-delay {ms}`: how long this module takes to follow KaseyaOne; at kaseyaone: every module
 * - `POST organization {tenantId, active}`: KaseyaOne suspends the tenant's organization, or lifts that
 */
export function controlModule(
  request: SimulatedRequest,
  system: ModuleId,
  logIn: LogIn,
  settings: UnifiedLogin | null,
  directory: Directory,
): SimulatedResponse | null {
  try {
    return answer(request, system, logIn, settings, directory)
  } catch (error) {
    if (error instanceof Problem) return error.response()
    throw error
  }
}

function answer(
  request: SimulatedRequest,
  system: ModuleId,
  logIn: LogIn,
  settings: UnifiedLogin | null,
  directory: Directory,
): SimulatedResponse | null {
  const done: SimulatedResponse = { status: 204 }
  switch (`${request.method} ${request.path}`) {
    case 'GET /pushes':
      return { status: 200, body: logIn.pushes() }
    case 'POST /push': {
      const body = jsonObject(request)
      if (logIn.decidePush(stringMember(body, 'challenge'), booleanMember(body, 'approve'))) return done
      throw new Problem('not-found', 'No push of this id is waiting.')
    }
    case 'POST /push-auto': {
      const { afterMs } = jsonObject(request)
      logIn.approvePushesAfter(afterMs === null ? null : milliseconds(afterMs, 'afterMs'))
      return done
    }
    case 'POST /expire-tokens': {
      const body: unknown = request.body.length > 0 ? jsonObject(request) : {}
      logIn.expireTokens(isRecord(body) && body.refresh === true)
      return done
    }
    case 'POST /deprovision-delay':
      directory.setDelay(system, milliseconds(jsonObject(request).ms, 'ms'))
      return done
    case 'POST /organization': {
      const body = jsonObject(request)
      if (settings?.setOrganizationActive(stringMember(body, 'tenantId'), booleanMember(body, 'active'))) return done
      throw new Problem('not-found', 'This module has no such tenant.')
    }
    default:
      return null
  }
}

function booleanMember(body: Record<string, unknown>, field: string): boolean {
  const value = body[field]
  if (typeof value !== 'boolean') throw new Problem('invalid', `${field} must be true or false.`, { field })
  return value
}

function milliseconds(value: unknown, field: string): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new Problem('invalid', `${field} must be a number of milliseconds.`, { field })
}
