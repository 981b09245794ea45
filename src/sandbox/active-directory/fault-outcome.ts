import { extraMember, type Fault } from '../faults.ts'
import type { Outcome } from './answer.ts'
import { codes } from './ldap-fault.ts'
import type { Operation } from './request.ts'

/**
 * The log shows result codes as the HTTP statuses that mean the same, so that it reads like those of the others, and a
 * fault's `status` is turned round by the same table. A fault that needs a certain result code says so with
 * `error: {Code: 51, Message: '…'}`; there `Code` is the LDAP one.
 */
const statuses: readonly (readonly [code: number, status: number])[] = [
  [codes.success, 200],
  [codes.invalidCredentials, 401],
  [codes.insufficientAccessRights, 403],
  [codes.noSuchObject, 404],
  [codes.timeLimitExceeded, 408],
  [codes.entryAlreadyExists, 409],
  [codes.attributeOrValueExists, 409],
  [codes.sizeLimitExceeded, 413],
  [codes.unwillingToPerform, 422],
  [codes.busy, 429],
  [codes.other, 500],
  [codes.operationsError, 500],
  [codes.unavailableCriticalExtension, 501],
  [codes.unavailable, 503],
  [codes.strongAuthRequired, 426],
]

/** Every code that has no status of its own is 400. */
export function statusOf(code: number): number {
  return statuses.find(([one]) => one === code)?.[1] ?? 400
}

function codeOf(status: number): number {
  const known = statuses.find(([, one]) => one === status)?.[0]
  return known ?? (status < 300 ? codes.success : status < 500 ? codes.unwillingToPerform : codes.other)
}

/** The answer that a fault gives instead of the directory; null where the directory is still asked. */
export function faultOutcome(fault: Fault, operation: Operation): Outcome | null {
  if (fault.echo) return { code: codes.other, message: `Cannot work with ${sentText(operation)}` }
  if (fault.error) {
    const code = Number(fault.error.Code)
    return { code: Number.isInteger(code) && code >= 0 ? code : codes.other, message: fault.error.Message }
  }
  // Not LDAP at all, as from a proxy in between.
  if (typeof fault.body === 'string') return { code: codeOf(fault.status ?? 200), raw: fault.body }
  if (fault.status === undefined) return null
  return { code: codeOf(fault.status), message: `The sandbox was told to answer ${fault.status}.` }
}

/** The outcome without the attributes that a fault leaves out, and with one that nobody knows where it adds. */
export function alteredOutcome(outcome: Outcome, { omit = [], extra }: Fault): Outcome {
  const { entries } = outcome
  if (entries === undefined) return outcome
  const left = new Set(omit.map(name => name.toLowerCase()))
  const added = extra ? [{ name: extraMember, values: [Buffer.from('new')] }] : []
  return {
    ...outcome,
    entries: entries.map(entry => ({
      ...entry,
      attributes: [...entry.attributes.filter(({ name }) => !left.has(name.toLowerCase())), ...added],
    })),
  }
}

/** Everything as it was sent, passwords and all: that is what such a fault is for. */
function sentText(operation: Operation): string {
  switch (operation.kind) {
    case 'bind':
      return `${operation.name}: ${operation.password.toString('utf8')}`
    case 'modify': {
      const changes = operation.changes.map(({ operation: how, attribute, values }) => {
        const encoding = attribute.toLowerCase() === 'unicodepwd' ? 'utf16le' : 'utf8'
        return `${how} ${attribute}: ${values.map(value => value.toString(encoding)).join(', ')}`
      })
      return `${operation.dn}; ${changes.join('; ')}`
    }
    default:
      return JSON.stringify(operation)
  }
}
