import fc from 'fast-check'
import type { Fault } from '../../src/sandbox/index.ts'

export interface SystemFault {
  system: string
  fault: Fault
}

/** Where a fault may strike, by system. */
const places = {
  kaseyaone: ['/Users', '/Users/', '/Groups', 'log-in', 'session'],
  graphus: ['/Users', '/Users/', 'unified-login', 'log-in', 'session'],
  'datto-partner-portal': ['/Users', '/Users/', 'unified-login', 'log-in', 'session'],
  bms: ['employees', 'security', 'settings', 'status'],
  scim: ['/Users', '/Users/', '/Groups', 'ServiceProviderConfig'],
}

const systems = ['kaseyaone', 'graphus', 'datto-partner-portal', 'bms', 'scim'] as const

/** Members that every right answer has: without one of them it says nothing, and must not be taken for good news. */
const members = {
  bms: ['Result', 'Result.IsActive', 'Result.Id', 'Result.AccessToken', 'TotalRecords'],
  others: ['active', 'id', 'Resources', 'Resources.active', 'Resources.id', 'totalResults', 'accessToken', 'userName'],
}

const status = fc.oneof(
  fc.record({ status: fc.constantFrom(500, 502, 504), body: fc.constant('<html><h1>Down for a while</h1></html>') }),
  fc.record({ status: fc.constant(503), headers: fc.constantFrom({ 'retry-after': '0' }, { 'retry-after': '1' }) }),
  fc.record({ status: fc.constant(429), headers: fc.constantFrom({ 'retry-after': '0' }, { 'retry-after': '60' }) }),
  fc.record({ status: fc.constantFrom(400, 401, 403, 409, 412) }),
  // What a proxy says that lost its way: no proof that an account is gone.
  fc.record({ status: fc.constant(404), body: fc.constant('<html><h1>Not Found</h1></html>') }),
)

const silence = fc.constantFrom<Fault>({ drop: 'before' }, { drop: 'after' }, { drop: 'after' }, { delayMs: 300 })

const nonsense = fc.constantFrom<Fault>(
  { body: '{"Success": tr' },
  { body: '<html>Please log in</html>', status: 200 },
  { body: {}, status: 200 },
  { body: [], status: 200 },
)

/** Says that it is done, and does nothing, as some SCIM servers do with `active: false`. */
const lie = fc.constant<Fault>({ status: 204 })

/** The server says back to us what we sent, tokens and passwords among it. */
const echo = fc.record({ status: fc.constantFrom(400, 401, 403, 500), echo: fc.constant<true>(true) })

/** One fault in front of one system, at some call of the conversation. */
export function anyFault(): fc.Arbitrary<SystemFault> {
  return fc.constantFrom(...systems).chain(system => {
    const omit = fc
      .constantFrom(...(system === 'bms' ? members.bms : members.others))
      .map((name): Fault => ({ omit: [name] }))
    const what = fc.oneof<fc.WeightedArbitrary<Fault>[]>(
      { weight: 4, arbitrary: status },
      { weight: 4, arbitrary: silence },
      { weight: 2, arbitrary: nonsense },
      { weight: 2, arbitrary: lie },
      { weight: 2, arbitrary: omit },
      { weight: 2, arbitrary: echo },
      { weight: 1, arbitrary: fc.constant<Fault>({ hang: true }) },
    )
    const where = fc.record(
      {
        method: fc.constantFrom('GET', 'GET', ...(system === 'bms' ? ['POST'] : ['PATCH', 'PATCH', 'POST'])),
        path: fc.constantFrom(...places[system]),
      },
      { requiredKeys: [] },
    )
    return fc
      .tuple(what, where, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 3 }))
      .map(([fault, place, skip, times]) => ({ system, fault: { ...fault, ...place, skip, times } }))
  })
}
