import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { moduleRights } from '../../src/http/module-admin/needed-rights.ts'
import { neededRights as activeDirectory } from '../../src/systems/active-directory/needed-rights.ts'
import * as aws from '../../src/systems/aws/rights.ts'
import { neededRights as bms } from '../../src/systems/bms/needed-rights.ts'
import { neededRights as google } from '../../src/systems/google-workspace/needed-rights.ts'
import { findSystem } from '../../src/systems/index.ts'
import { neededRights as jumpcloud } from '../../src/systems/jumpcloud/needed-rights.ts'
import { neededRights } from '../../src/systems/microsoft-365/needed-rights.ts'
import { neededRights as scim } from '../../src/systems/scim/needed-rights.ts'
import { contractCases } from './contract-cases.ts'
import { setPeopleStage } from './people-stage.ts'
import { type Excused, gapsOf, peopleSystems } from './people-systems.ts'
import { runUnderQuirks } from './quirk-run.ts'

/** Every call of a whole offboarding is in the data that says which right it needs; a call without one cannot be added. */

const stage = setPeopleStage()
const seen = z.array(
  z.object({ method: z.string(), path: z.string(), body: z.string().optional(), operation: z.string().optional() }),
)

async function callsOf(system: string) {
  const row = contractCases.find(one => one.system === system)
  if (row === undefined) throw new Error(`no row for ${system}`)
  await row.prepare?.(stage)
  await stage.control(system, 'DELETE', 'calls')
  await runUnderQuirks([system], row, stage, { toTheEnd: true })
  return seen.parse(await stage.control(system, 'GET', 'calls'))
}

function bare(path: string): string {
  return path.replace(/\?.*$/, '')
}

/** Those that no known call stands for. */
function without(known: readonly string[], sent: readonly string[]): string[] {
  const patterns = known.map(call => new RegExp(`^${call.replace(/\{[a-z]+\}/gi, '[^/]+')}$`))
  return [...new Set(sent.filter(call => !patterns.some(one => one.test(call))))]
}

/** Every request that stands in the client's source: a path, and the method before it. */
function requestsIn(system: string): string[] {
  const folder = new URL(`../../src/systems/${system}/`, import.meta.url)
  const sources = readdirSync(folder).filter(name => /^client.*\.ts$/.test(name))
  return sources.flatMap(name =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/(?:method: '([A-Z]+)',\s*path: )?path`([^`]+)`/g)].map(
      ([, method = 'GET', where = '']) => `${method} ${where.replace(/\$\{[^}]+\}/g, 'x')}`,
    ),
  )
}

/** Every operation of its contract has one. */
async function ofModule(id: string): Promise<void> {
  const system = findSystem(id)
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(await system?.contract?.())
  const operations = Object.entries(paths).flatMap(([path, { parameters: _, ...methods }]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  const known = moduleRights(system?.about.isModule ? 'Admin' : undefined).flatMap(({ calls }) => calls)
  expect(operations.length).toBeGreaterThan(10)
  // No group is ever deleted.
  expect(operations.filter(one => !known.includes(one))).toEqual(['DELETE /tenants/{tenantId}/scim/v2/Groups/{id}'])
  const has = new Set(system?.about.features.filter(one => one.supported).map(one => one.feature))
  const spare = known.filter(one => !operations.includes(one))
  expect(spare.filter(one => has.has('access-groups') || !/access-groups|unified-login\/groups/.test(one))).toEqual([])
  expect(system?.about).toMatchObject({ rightsNote: expect.stringContaining('publishes no right a call') })
}

/** Every request of a system has a right: how that is looked at, by system. */
const requests: Record<string, () => Promise<void>> = {
  async 'microsoft-365'() {
    const parts = z.array(z.object({ method: z.string(), url: z.string() }))
    const sent = (await callsOf('microsoft-365')).flatMap(({ method, path, body }) =>
      path.endsWith('/$batch')
        ? parts.parse(JSON.parse(body ?? '{}').requests).map(part => `${part.method} ${part.url}`)
        : [`${method} ${path}`],
    )
    const known = neededRights.flatMap(({ calls }) => calls)
    const patterns = known.map(call => new RegExp(`^${call.replace(/[$]/g, '[$]').replace(/\{[a-z]+\}/g, '[^/]+')}$`))
    const bare = sent
      .map(call => call.replace(/\?.*$/, '').replace(/ \/(?:graph\/)?(?:v1\.0|beta)?\/?/, ' /'))
      // Exchange Online has a right of its own, which is told by itself.
      .filter(call => !/^POST .*\/exchange\/adminapi\//.test(call))
      .filter(call => !/ \/(?:login|oauth2|[^/]+\/oauth2)/.test(call))
    expect(bare.length).toBeGreaterThan(10)
    expect([...new Set(bare.filter(call => !patterns.some(one => one.test(call))))]).toEqual([])
  },

  /** Every action is in the policy. */
  async aws() {
    const actions: readonly string[] = [
      ...aws.userActions,
      ...aws.listActions,
      ...aws.groupActions,
      ...aws.centerActions,
      ...aws.furtherActions,
      // These need no right, or are told by themselves.
      ...['sts:GetCallerIdentity', 'sts:AssumeRole', 'iam:SimulatePrincipalPolicy', 'iam:GetRole'],
    ]
    const sent = (await callsOf('aws')).flatMap(({ operation }) => operation?.split(' ')[0] ?? [])
    expect(sent.length).toBeGreaterThan(10)
    expect([...new Set(sent.filter(action => !actions.includes(action)))]).toEqual([])
    expect(aws.userActions).toContain('iam:AttachUserPolicy')
  },

  /** Also those that no run here sends. */
  async jumpcloud() {
    const known = jumpcloud.flatMap(({ calls }) => calls)
    const sent = (await callsOf('jumpcloud')).map(({ method, path }) => `${method} ${bare(path).replace(/^\/api/, '')}`)
    expect(sent.length).toBeGreaterThan(20)
    expect(without(known, sent)).toEqual([])
    const written = requestsIn('jumpcloud')
    expect(written.length).toBeGreaterThan(25)
    expect(without(known, written)).toEqual([])
    // And no right is asked for that nothing needs.
    const all = [...new Set([...written, ...sent])]
    expect(known.filter(call => without([call], all).length === all.length)).toEqual([])
  },

  async scim() {
    const known = scim.flatMap(({ calls }) => calls)
    const sent = (await callsOf('scim')).map(({ method, path }) => `${method} ${bare(path).replace(/^\/t-\d+/, '')}`)
    expect(sent.length).toBeGreaterThan(8)
    expect(without(known, sent)).toEqual([])
  },

  /** Every operation, and every attribute that is written. */
  async 'active-directory'() {
    const known = activeDirectory.flatMap(({ calls }) => calls)
    const cleared = 'manager'
    const written = z.array(z.record(z.string(), z.unknown()))
    const sent = (await callsOf('active-directory')).flatMap(({ method, path, body }) => {
      if (method === 'MODIFY') {
        const names = written
          .parse(JSON.parse(body ?? '[]'))
          .flatMap(({ values: _, ...change }) => Object.values(change))
        return names.map(name => (name === cleared ? 'MODIFY {attribute}' : `MODIFY ${name}`))
      }
      if (method === 'EXTENDED') return [`${method} ${path}`]
      return [method === 'SEARCH' && path.includes('CN=Deleted Objects') ? 'SEARCH {deleted}' : method]
    })
    expect(new Set(sent).size).toBeGreaterThan(8)
    expect([...new Set(sent.filter(call => !known.includes(call)))]).toEqual([])
  },

  /** Also those that no run here sends, and no other. */
  async bms() {
    const known = bms.flatMap(({ calls }) => calls)
    const written = [...requestsIn('bms'), 'POST /v2/security/authenticate', 'POST /v2/security/refreshtoken']
    expect(written.length).toBeGreaterThan(15)
    expect(without(known, written)).toEqual([])
    expect(
      without(
        known,
        (await callsOf('bms')).map(({ method, path }) => `${method} ${bare(path)}`),
      ),
    ).toEqual([])
    expect(known.filter(call => without([call], written).length === written.length)).toEqual([])
  },

  async 'google-workspace'() {
    const known = Object.values(google).flatMap(({ calls }) => calls.map(call => call.replace(':', '[:]')))
    const below = / \/(?:apps\/licensing\/v1|admin\/(?:directory|datatransfer)\/v1)/
    const sent = (await callsOf('google-workspace')).map(({ method, path }) => `${method} ${bare(path)}`)
    const asked = sent.filter(call => below.test(call)).map(call => call.replace(below, ' '))
    expect(new Set(asked).size).toBeGreaterThan(15)
    expect(without(known, asked)).toEqual([])
    // The rest is signing in.
    expect(sent.filter(call => !below.test(call) && !/token/.test(call))).toEqual([])
  },

  kaseyaone: () => ofModule('kaseyaone'),
  graphus: () => ofModule('graphus'),
  'datto-partner-portal': () => ofModule('datto-partner-portal'),
}

/** Words of its rights that stand on the page of a system. */
const onPage: Record<string, readonly string[]> = {
  'microsoft-365': [...neededRights.flatMap(({ oneOf: [least = ''] }) => least), 'Exchange.ManageAsApp'],
  aws: ['iam:AttachUserPolicy', 'iam:SimulatePrincipalPolicy', 'iam:GetRole'],
  'active-directory': ['Write userAccountControl', 'primaryGroupID', 'Reset Password', 'Write Members', 'Delete user'],
  jumpcloud: ['users (write)', 'user groups (write)', 'MDM'],
  'google-workspace': ['admin.directory.user.security', 'admin.directory.group.member', 'admin.datatransfer'],
  scim: ['ServiceProviderConfig', 'delete users'],
  bms: ['API Employee', 'Has API Access', 'administrator of BMS'],
  kaseyaone: ['Rights: Admin'],
  graphus: ['Rights: Partner Administrator'],
  'datto-partner-portal': ['Rights: Security Admin'],
  webhook: ['the signing secret'],
}

/** Those whose rights are no calls. */
const noRights: Excused = {
  webhook: 'Its receiver has no rights to give out: whoever knows the secret may ask for everything.',
}

/** Those whose every right can be told before it is used. */
const allChecked: Excused = {
  ...noRights,
  'microsoft-365': 'The token lists what it may.',
  aws: 'iam:SimulatePrincipalPolicy answers for each action.',
}

const file = 'test/systems/needed-rights.test.ts'
const besides = (excused: Excused) => peopleSystems.filter(id => !Object.hasOwn(excused, id))

describe('rights as data', () => {
  it('are looked at in every system that reaches people, or it is said why not', () => {
    const gaps = gapsOf(`${file} (requests)`, Object.keys(requests), noRights)
    expect([...gaps, ...gapsOf(`${file} (onPage)`, Object.keys(onPage))]).toEqual([])
  })

  it.each(Object.keys(requests))('of %s: every request has one', id => requests[id]?.())

  it.each(Object.entries(onPage))('of %s are on its page', (system, words) => {
    const page = readFileSync(new URL(`../../src/systems/${system}/README.md`, import.meta.url), 'utf8')
    expect(words.filter(word => !page.includes(word))).toEqual([])
  })

  it.each(besides(allChecked))('of %s that no check can tell are named', system => {
    const { unchecked = [] } = findSystem(system)?.about ?? {}
    expect(unchecked.length).toBeGreaterThan(0)
  })

  it.each(besides(noRights))('of %s are told before anybody signs in', system => {
    expect(findSystem(system)?.about.rights?.length).toBeGreaterThan(2)
  })
})
