import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'

const leaver = estateLeaver(demoWorld())
const now = new Date('2026-11-21T20:00:00Z')
let sandbox: Sandbox
let badges: { url: string; control: string }
let secret: string

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 'demo', now: () => now })
  const system = sandbox.systems.webhook
  secret = String(sandbox.tenants[19]?.connections['webhook:badges']?.secrets.secret)
  if (!system) throw new Error('no webhook')
  badges = { url: `${system.url}/t-020`, control: system.control }
})
afterEach(async () => {
  await fetch(`${badges.control}/reset`, { method: 'POST' })
})
afterAll(() => sandbox.close())

interface Envelope {
  id?: string
  at?: number
  secret?: string
  /** Instead of the right one. */
  signature?: string
}

let count = 0

/** Signed by this test's own code, from the Standard Webhooks specification. */
async function send(message: unknown, { id = `m${++count}`, at, signature, ...more }: Envelope = {}) {
  const body = JSON.stringify(message)
  const timestamp = String(at ?? now.getTime() / 1000)
  const key = Buffer.from((more.secret ?? secret).slice('whsec_'.length), 'base64')
  const right = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature ?? right }
  const response = await fetch(badges.url, { method: 'POST', headers, body })
  const text = await response.text()
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: JSON.parse(text), right }
}

const look = async () => (await send({ type: 'person.look', word: leaver.person.email })).body.people[0]
const ensure = (goal: string, hold: boolean, more: Record<string, unknown> = {}, envelope?: Envelope) =>
  send({ type: 'person.ensure', person: { id: 'B-0003' }, goal, hold, ...more }, envelope)

describe('the badge system', () => {
  it('belongs to the estate alone', () => {
    const connected = sandbox.tenants.filter(tenant => tenant.connections['webhook:badges'])
    expect(connected.map(({ name }) => name)).toEqual([sandbox.tenants[19]?.name])
  })

  it('takes nothing that is not signed, by the secret, over the bytes, in time', async () => {
    const { right } = await send({ type: 'ping' }, { id: 'same' })
    const at = now.getTime() / 1000
    const bad: Envelope[] = [
      { signature: '' },
      { signature: 'v1,AAAA' },
      { signature: right.replace('v1,', 'v1a,'), id: 'same' },
      { signature: right, id: 'other' },
      { secret: `whsec_${Buffer.alloc(32, 2).toString('base64')}` },
      { at: at - 301 },
      { at: at + 301 },
      { at: Number.NaN },
    ]
    for (const envelope of bad)
      expect([envelope, (await send({ type: 'ping' }, envelope)).status]).toEqual([envelope, 401])
    for (const signature of [right, `v2,xyz v1,AAAA ${right}`]) {
      expect((await send({ type: 'ping' }, { id: 'same', signature })).status).toBe(200)
    }
    expect((await send({ type: 'ping' }, { at: at - 299 })).status).toBe(200)
  })

  it('is only there where it is, and only for POST', async () => {
    expect((await fetch(badges.url)).status).toBe(405)
    expect((await fetch(badges.url.replace('t-020', 't-001'), { method: 'POST' })).status).toBe(404)
    expect((await send({ type: 'coffee' })).status).toBe(422)
    expect((await send([])).status).toBe(422)
  })

  it('shows what a leaver has, and no code', async () => {
    expect(await look()).toMatchObject({
      id: 'B-0003',
      email: leaver.person.email,
      active: true,
      roles: [],
      holds: { 'groups-left': false, 'credentials-revoked': false, 'admin-roles-dropped': true },
      details: { 'credentials-revoked': { alarmCode: 'set' }, 'access-freed': { lockers: ['Locker 102'] } },
    })
  })

  it('does a message once, and answers its repetition alike', async () => {
    expect((await ensure('groups-left', true, {}, { id: 'once' })).status).toBe(200)
    expect((await ensure('groups-left', false, { before: { doors: ['Workshop'] } })).status).toBe(200)
    expect((await ensure('groups-left', true, {}, { id: 'once' })).status).toBe(200)
    expect((await look()).details['groups-left'].doors).toEqual(['Workshop'])
    const first = await ensure('devices-released', true, {}, { id: 'item' })
    const second = await ensure('devices-released', true, {}, { id: 'item' })
    expect([first.status, second.status, second.retryAfter]).toEqual([202, 202, '86400'])
  })

  it('waits for what has to be handed in', async () => {
    await ensure('devices-released', true)
    expect((await look()).holds['devices-released']).toBe(false)
    await fetch(`${badges.control}/handed-in`, { method: 'POST' })
    expect((await look()).holds['devices-released']).toBe(true)
  })

  it('keeps the last one at the guard desk, and gives back no code', async () => {
    const first = { person: { id: 'B-0001' } }
    expect((await ensure('sign-in-blocked', true, first)).status).toBe(200)
    const second = await ensure('admin-roles-dropped', true, { person: { id: 'B-0002' } })
    expect([second.status, second.body.error]).toEqual([409, expect.stringContaining('the last one at the guard desk')])
    expect((await ensure('credentials-revoked', false)).status).toBe(422)
    expect((await ensure('deleted', false)).status).toBe(422)
  })

  it('forgets who is deleted, until it is reset', async () => {
    expect((await ensure('deleted', true)).status).toBe(200)
    expect(await look()).toBeUndefined()
    expect((await ensure('deleted', true)).status).toBe(200)
    expect((await ensure('sign-in-blocked', false)).status).toBe(409)
    await fetch(`${badges.control}/reset`, { method: 'POST' })
    expect(await look()).toMatchObject({ active: true })
  })

  it('counts as a change what ensures, and nothing else', async () => {
    await send({ type: 'people.list' })
    await ensure('sign-in-blocked', true)
    await ensure('coffee', true)
    const calls: { write: boolean }[] = JSON.parse(await (await fetch(`${badges.control}/calls`)).text())
    expect(calls.map(({ write }) => write)).toEqual([false, true, false])
  })
})
