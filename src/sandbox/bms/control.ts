import type { Directory } from '../directory.ts'
import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import type { Budget } from './budget.ts'
import type { Company } from './company.ts'
import type { BmsQuirks } from './quirks.ts'
import type { SignIn } from './sign-in.ts'

/** What the control calls turn. */
export interface Controls {
  companies: Company[]
  signIn: SignIn
  budget: Budget
  casing: 'pascal' | 'camel'
  /** True: the part of the envelope that does not apply is sent as null instead of being left out. */
  nulls: boolean
  quirks: BmsQuirks
}

/**
 * - `POST expire-tokens {"refresh"?: true}`: access tokens (and refresh tokens) expire now
 * - `POST limit {"perHour": n}`: fewer requests an hour and endpoint
 * - `POST casing {"casing": "camel"|"pascal", "nulls"?: boolean}`
 * - `POST link {"company": "…", "linked": boolean}`: what a person does in the console
 * - `POST employee {"company": "…", "id": n, "active": boolean}`: likewise
 */
export function controlBms(
  controls: Controls,
  directory: Directory,
  request: SimulatedRequest,
): SimulatedResponse | null {
  if (request.method !== 'POST') return null
  const body = parseBody(request)
  switch (request.path) {
    case '/expire-tokens':
      controls.signIn.expire(body.refresh === true)
      return { status: 204 }
    case '/limit':
      if (typeof body.perHour !== 'number' || !(body.perHour >= 0)) return wrong('perHour must be a number.')
      controls.budget.perHour = body.perHour
      return { status: 204 }
    case '/casing':
      if (body.casing !== 'camel' && body.casing !== 'pascal') return wrong('casing must be "camel" or "pascal".')
      controls.casing = body.casing
      controls.nulls = body.nulls === true
      return { status: 204 }
    case '/link':
      return link(controls, body)
    case '/employee':
      return activate(controls, directory, body)
    default:
      return null
  }
}

function link(controls: Controls, body: Record<string, unknown>): SimulatedResponse {
  const company = companyIn(controls, body)
  if (!company) return wrong('No such company.')
  if (typeof body.linked !== 'boolean') return wrong('linked must be true or false.')
  company.link(body.linked)
  return { status: 204 }
}

function activate(controls: Controls, directory: Directory, body: Record<string, unknown>): SimulatedResponse {
  const company = companyIn(controls, body)
  if (!company) return wrong('No such company.')
  const account = directory.accounts(company.tenantId, 'bms').find(({ employeeId }) => employeeId === body.id)
  if (!account) return wrong('No such employee.')
  if (typeof body.active !== 'boolean') return wrong('active must be true or false.')
  directory.save(company.tenantId, 'bms', { ...account, active: body.active })
  return { status: 204 }
}

function companyIn(controls: Controls, body: Record<string, unknown>): Company | undefined {
  return controls.companies.find(({ name }) => name === body.company)
}

function wrong(why: string): SimulatedResponse {
  return { status: 400, body: why }
}

function parseBody(request: SimulatedRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
