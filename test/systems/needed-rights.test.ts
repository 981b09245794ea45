import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as aws from '../../src/systems/aws/rights.ts'
import { findSystem } from '../../src/systems/index.ts'
import { neededRights } from '../../src/systems/microsoft-365/needed-rights.ts'
import { contractCases } from './contract-cases.ts'
import { setPeopleStage } from './people-stage.ts'
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

describe('rights as data', () => {
  it('of Microsoft 365: every request has a right', async () => {
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
      .filter(call => !call.startsWith('POST /exchange/'))
      .filter(call => !/ \/(?:login|oauth2|[^/]+\/oauth2)/.test(call))
    expect(bare.length).toBeGreaterThan(10)
    expect([...new Set(bare.filter(call => !patterns.some(one => one.test(call))))]).toEqual([])
  })

  it('of AWS: every action is in the policy', async () => {
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
  })

  it.each(['microsoft-365', 'google-workspace', 'aws', 'active-directory', 'jumpcloud'])(
    'of %s are told before anybody signs in',
    system => {
      expect(findSystem(system)?.about.rights?.length).toBeGreaterThan(2)
    },
  )
})
