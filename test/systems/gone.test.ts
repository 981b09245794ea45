import { describe, expect, it } from 'vitest'
import { goneFor } from '../../src/core/absence.ts'
import type { Fault } from '../../src/sandbox/index.ts'
import { failureOf } from '../http/loopback.ts'
import { contractCases } from './contract-cases.ts'
import { goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import { type Excused, gapsOf } from './people-systems.ts'

/**
 * Somebody was found, and then the credential is shown nobody any more: "not found" by id, and lists that are empty. That
 * is what a lost right looks like where a vendor hides it, and it proves of nobody that they are gone.
 */

const stage = setPeopleStage()

interface Mask {
  system: string
  /** What is asked for one person, and what is answered. */
  one: string
  notFound: unknown
  /** What such an answer looks like, where it is no 404, and what is said then. */
  found?: { status: number; told: RegExp }
  /** The lists of people, and how an empty one looks. */
  many: string
  empty: unknown
}

const scimError = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: 'Not found' }
const scimEmpty = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: 0,
  startIndex: 1,
  itemsPerPage: 0,
  Resources: [],
}
const overScim = (system: string): Mask => ({
  ...{ system, one: '/Users/[^?]+$', notFound: scimError, many: '/Users\\?', empty: scimEmpty },
})

const masks: Mask[] = [
  {
    system: 'microsoft-365',
    one: '/users/[^/?]+(\\?|$)',
    notFound: { error: { code: 'Request_ResourceNotFound', message: 'Resource does not exist.' } },
    many: '/users\\?',
    empty: { value: [] },
  },
  {
    system: 'google-workspace',
    one: '/users/[^/?]+(\\?|$)',
    notFound: { error: { code: 404, message: 'Resource Not Found: userKey', errors: [{ reason: 'notFound' }] } },
    many: '/users\\?',
    empty: { kind: 'admin#directory#users' },
  },
  {
    system: 'jumpcloud',
    one: '/systemusers/[^/?]+(\\?|$)',
    notFound: { message: 'Not Found' },
    many: '/systemusers\\?',
    empty: { totalCount: 0, results: [] },
  },
  {
    system: 'bms',
    one: 'employees/searchselect.*Ids',
    notFound: { Success: true, Result: [], TotalRecords: 0 },
    found: { status: 200, told: /shows no employee at all/ },
    many: 'employees/searchselect',
    empty: { Success: true, Result: [], TotalRecords: 0 },
  },
  overScim('scim'),
  overScim('kaseyaone'),
  overScim('graphus'),
  overScim('datto-partner-portal'),
]

const excused: Excused = {
  'active-directory': 'Nobody is gone without a tombstone (active-directory-changing.test.ts).',
  aws: 'Whoever lacks a right is told so (AccessDenied): "not found" is said to those who may look.',
  webhook: 'The receiver itself says that there is nobody: no list stands beside its word.',
}

it('asks every system that reaches people, or says why not', () => {
  const listed = masks.map(({ system }) => system)
  expect(gapsOf('test/systems/gone.test.ts (masks)', listed, excused)).toEqual([])
})

const always = { method: 'GET', times: 0 }
const hidden = ({ one, notFound, found }: Mask): Fault => ({
  ...{ ...always, path: one, status: found?.status ?? 404, body: notFound },
})
const emptied = ({ many, empty }: Mask): Fault => ({ ...always, path: many, status: 200, body: empty })

describe.each(masks)('$system', mask => {
  async function blockOf() {
    const row = contractCases.find(one => one.system === mask.system)
    if (row === undefined) throw new Error(`no row for ${mask.system}`)
    const people = await stage.open(mask.system, row.tenant)
    const goals = await people.goals(await theOne(people, row.person), here)
    return goalOf(goals, 'sign-in-blocked')
  }

  it('is not believed that somebody is gone by a credential that is shown nobody', async () => {
    const block = await blockOf()
    await stage.fault(mask.system, hidden(mask), emptied(mask))
    const { message, facts } = await failureOf(block.look())
    if (mask.found) expect(message).toMatch(mask.found.told)
    else expect(facts.status).toBe(404)
  })

  it('is not believed on a 404 while a list still has them', async () => {
    const block = await blockOf()
    await stage.fault(mask.system, hidden(mask))
    const seen = await block.look().catch(error => error)
    expect(JSON.stringify(seen)).not.toContain('"gone"')
    await stage.control(mask.system, 'DELETE', 'faults')
  })
})

describe('who was not found by id', () => {
  const refusal = new Error('404')
  const asked = (found: string | null, showsAnybody: boolean) =>
    goneFor(refusal, { otherwise: async () => found, showsAnybody: async () => showsAnybody })

  it('is there where another call finds them', async () => {
    expect(await asked('amy', false)).toBe('amy')
  })
  it('is gone where others are shown, and they are not', async () => {
    expect(await asked(null, true)).toBeNull()
  })
  it('is not gone where nobody is shown', async () => {
    await expect(asked(null, false)).rejects.toBe(refusal)
  })
})
