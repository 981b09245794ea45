import type { Booth, Fairground } from './fairground.ts'
import { type Fault, parseFaults } from './faults.ts'
import type { SimulatedRequest, SimulatedResponse } from './simulator.ts'

/**
 * The calls below `/_control`: what a test does to the sandbox behind the clients' backs. `calls` (all, or from one
 * number on), `reset` and the reading of `faults` also work without a system, for all of them; `request.path` is what
 * follows `/_control`.
 */
export function control(ground: Fairground, request: SimulatedRequest): SimulatedResponse {
  const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(request.path) ?? []
  const booth = ground.booths.get(first)
  if (!booth) return controlAll(ground, request) ?? missing(request)
  return controlOne(ground, booth, { ...request, path: rest === '' ? '/' : rest }) ?? missing(request)
}

function controlAll(ground: Fairground, request: SimulatedRequest): SimulatedResponse | null {
  switch (`${request.method} ${request.path}`) {
    case 'GET /calls':
      return { status: 200, body: ground.calls.list().slice(Number(request.query.get('from') ?? 0)) }
    case 'GET /calls/count':
      return { status: 200, body: ground.calls.list().length }
    case 'DELETE /calls':
      ground.calls.clear()
      return { status: 204 }
    case 'GET /faults':
      return { status: 200, body: [...ground.booths.values()].flatMap(({ faults }) => faults.list()) }
    case 'POST /reset':
      ground.reset()
      return { status: 204 }
    default:
      return null
  }
}

function controlOne(ground: Fairground, booth: Booth, request: SimulatedRequest): SimulatedResponse | null {
  switch (`${request.method} ${request.path}`) {
    case 'GET /calls':
      return { status: 200, body: ground.calls.list(booth.id) }
    case 'DELETE /calls':
      ground.calls.clear(booth.id)
      return { status: 204 }
    case 'GET /faults':
      return { status: 200, body: booth.faults.list() }
    case 'POST /faults':
      return addFaults(booth, request)
    case 'DELETE /faults':
      booth.faults.clear()
      return { status: 204 }
    case 'GET /state':
      return { status: 200, body: booth.simulator.state() }
    case 'POST /reset':
      booth.reset()
      ground.calls.clear(booth.id)
      return { status: 204 }
    default:
      return booth.simulator.control?.(request) ?? null
  }
}

function addFaults(booth: Booth, request: SimulatedRequest): SimulatedResponse {
  try {
    const faults: Fault[] = parseFaults(JSON.parse(request.body.toString('utf8')))
    booth.faults.add(faults)
    return { status: 200, body: booth.faults.list() }
  } catch (error) {
    return { status: 400, body: error instanceof Error ? error.message : String(error) }
  }
}

function missing(request: SimulatedRequest): SimulatedResponse {
  return { status: 404, body: `No control call ${request.method} ${request.path}.` }
}
