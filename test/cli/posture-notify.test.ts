import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PostureRow } from '../../src/posture/posture-row.ts'
import { postureNotice } from '../../src/render/posture-notice.ts'
import { type Ground, openGround } from './harness.ts'
import { openFolder } from './posture-ground.ts'
import { smallWorld } from './small-world.ts'

const { folder, fileOf } = openFolder()
const open = fileOf('defaults:\n  graphus: { log-in: on, deprovisioning: off }\n', 'open.yaml')
const closed = fileOf('defaults:\n  graphus: { log-in: off }\n', 'closed.yaml')
const got: { url: string; body: string }[] = []
let status = 200
let ground: Ground
let server: Server
let address: string

beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
  server = createServer((request, response) => {
    let body = ''
    request.on('data', data => {
      body += data
    })
    request.on('end', () => {
      got.push({ url: request.url ?? '', body })
      response.writeHead(status).end('ok')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0429X77Q1/hook-a9Zk3?sig=s3cr3t-Q9x7-sig`
})
afterAll(async () => {
  server.close()
  await ground.close()
  rmSync(folder, { recursive: true, force: true })
})

const check = (file: string, ...more: string[]) => ground.k1ctl(['posture', 'check', '-f', file, ...more])

it('posts what is open, once, and nothing when all holds', async () => {
  expect((await check(closed, '--notify', address)).code).toBe(0)
  expect(got).toEqual([])
  const ran = await check(open, '--notify', address, '--exit-code')
  expect(ran.code).toBe(5)
  expect(got.map(({ url }) => url)).toEqual(['/services/T0429X77Q1/hook-a9Zk3?sig=s3cr3t-Q9x7-sig'])
  expect(JSON.parse(got[0]?.body ?? '')).toMatchObject({
    source: 'k1ctl posture check',
    rules: 2,
    open: 1,
    counts: { deviates: 1, holds: 1 },
    text: expect.stringContaining('Northwind Dental/graphus/log-in: differs, found off, wanted is on.'),
  })
})

it('exits 3 when it cannot be said, and tells nobody the address', async () => {
  status = 403
  const ran = await check(open, '--notify', address, '--debug')
  status = 200
  expect(ran.code).toBe(3)
  expect(ran.stderr).toContain('could not be posted')
  expect(ran.stderr + ran.stdout).not.toMatch(/hook-a9Zk3|s3cr3t-Q9x7/)
  const wrong = await check(open, '--notify', 'http://hooks.example.com/x')
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('without encryption') })
})

it('speaks as Slack and Teams take it', () => {
  expect(postureNotice('hooks.slack.com', [], [], '')).toEqual({ text: expect.stringContaining('Posture: 0 of 0') })
  expect(postureNotice('x.webhook.office.com', [], [], '')).toMatchObject({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
  })
  expect(postureNotice('evilslack.com', [], [], '')).toHaveProperty('source')
  expect(postureNotice('default1234.12.environment.api.powerplatform.com', [], [], '')).toHaveProperty('attachments')
})

it('says a name as it is, whatever it would mean to Slack or Teams', () => {
  const name = '<!channel> & [here](https://evil.example)'
  const rule = { id: 'log-in', kind: 'state', feature: 'log-in', on: true, at: { file: 'p.yaml', line: 1 } } as const
  const row: PostureRow = {
    ...{ deviation: `${name}/bms/log-in`, tenant: name, system: 'bms', feature: 'log-in', title: 'Log In' },
    ...{ state: 'deviates', wanted: 'on', found: 'off', reach: 'api', why: null, next: null, file: 'p.yaml', line: 1 },
    ...{ readAt: null, accepted: null, attested: null, rule },
  }
  const slack = JSON.stringify(postureNotice('hooks.slack.com', [row], [row], ''))
  expect(slack).toContain('&lt;!channel&gt; &amp; [here]')
  const teams = JSON.stringify(postureNotice('x.logic.azure.com', [row], [row], ''))
  expect(teams).toContain('"type":"TextRun"')
  expect(teams).not.toContain('"TextBlock"')
})
