import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { K1Error } from '../../src/core/errors.ts'
import type { Clock } from '../../src/core/ports.ts'
import { webhook } from '../../src/systems/webhook/index.ts'
import { closedPort, failureOf } from '../http/loopback.ts'
import { bringAll, goalOf, here, theOne } from './people-stage.ts'
import { openTried } from './tried-goal.ts'
import { secret } from './webhook-stage.ts'

/** The receiver that the README shows, run as its reader would: another process, with its own clock. */

const folder = mkdtempSync(join(tmpdir(), 'k1ctl-receiver-'))
const file = join(folder, 'doors.json')
const email = "sean.o'malley+doors@msp.example"
const clock: Clock = { now: () => new Date(), sleep: ms => new Promise(resolve => setTimeout(resolve, ms)) }
let child: ChildProcess
let url: string

beforeAll(async () => {
  writeFileSync(file, JSON.stringify([{ id: '1', login: 'sean', email, active: true }]))
  const port = await closedPort()
  url = `http://127.0.0.1:${port}/`
  const script = fileURLToPath(new URL('./webhook-receiver-example.js', import.meta.url))
  const { PATH } = process.env
  child = spawn(process.execPath, [script, file], {
    env: { PATH, PORT: String(port), SECRET: secret },
    stdio: 'inherit',
  })
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(url).catch(() => undefined)) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('the receiver does not listen')
})

afterAll(() => {
  child.kill()
  rmSync(folder, { recursive: true })
})

async function open(settings: Record<string, string>) {
  const session = await openTried(webhook, { url, secret, ...settings }, { clock, http: { env: {} } })
  if (session.people === undefined) throw new Error('no people')
  return { session, people: session.people }
}

it('is told, asked, told again, and takes nothing from strangers', async () => {
  const { session, people } = await open({})
  expect(await session.check()).toMatchObject({ missing: [] })
  expect(await people.find('nobody@msp.example')).toEqual([])
  const account = await theOne(people, email.toUpperCase())
  const goals = await people.goals(account, here)
  const before = (await bringAll(goals)).get('sign-in-blocked')
  expect(before?.after.state).toBe('holds')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ id: '1', active: false }])
  const [undo] =
    before?.before.state === 'not-yet' ? [goalOf(goals, 'sign-in-blocked').undo?.(before.before.reading)] : []
  if (undo === undefined) throw new Error('no undo')
  expect((await bringAll([undo])).get('sign-in-blocked')?.after.state).toBe('holds')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ id: '1', active: true }])
  for await (const one of people.list()) expect(one.email).toBe(email)

  const stranger = await open({ secret: `whsec_${Buffer.alloc(32, 5).toString('base64')}` })
  const error: K1Error = await failureOf(stranger.people.find(email))
  expect([error.kind, error.message]).toEqual(['sign-in', expect.stringContaining('Not signed')])
  await Promise.all([session.close(), stranger.session.close()])
})
