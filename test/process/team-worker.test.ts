import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openGround } from '../cli/harness.ts'
import { allWrites, forgetCalls, leaver, northwind, stillOpen } from '../cli/leavers.ts'
import { portOf } from '../http/loopback.ts'
import { duplicatedWrites } from '../kill/judge.js'
import { type Postgres, startPostgres, whyNoPostgres } from '../store/postgres.ts'
import { buildCommand, commandFile, start } from './built-command.ts'

const reason = whyNoPostgres()
if (reason) console.warn(`A team's workers are not tried: ${reason}`)

/** Its lease, in milliseconds: as `src/store/team/locks.ts` has it. */
const lease = 30_000
const person = leaver(3)

let postgres: Postgres
beforeAll(async () => {
  if (reason) return
  await buildCommand()
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres?.stop(), 60_000)

/** What ends with a test; tests go on side by side, as most of their time is waiting. */
type Finally = (end: () => Promise<void> | void) => void

/** A team in a database of its own, with systems of its own. */
async function openTeam(onTestFinished: Finally) {
  const ground = await openGround(northwind('graphus', 'bms'))
  onTestFinished(ground.close)
  const team = { K1CTL_STORE: postgres.database(), K1CTL_PASSPHRASE: 'four random words here' }
  const copied = await ground.k1ctl(['store', 'copy', '--yes'], { env: team })
  expect(copied.code, copied.stderr).toBe(0)

  /** Leavers whose time has come. */
  async function agree(...people: string[]): Promise<void> {
    const due = new Date(Date.now() + 10_000)
    for (const [n, one] of people.entries()) {
      const at = new Date(due.getTime() + n * 1000).toISOString().replace(/\.\d+/, '')
      const asked = { env: team, now: new Date(due.getTime() - 60_000) }
      const ran = await ground.k1ctl(['offboard', one, '--at', at, '--zone', 'UTC', '--yes'], asked)
      expect(ran.code, ran.stderr).toBe(0)
    }
    await forgetCalls(ground)
    await sleep(Math.max(0, due.getTime() + people.length * 1000 - Date.now()))
  }

  /** @param url of the database, for a worker that goes another way to it */
  function worker(url = team.K1CTL_STORE) {
    const words = ['worker', '--every', '1', '--log', 'json']
    return start(words, ground.home, { env: { ...team, K1CTL_STORE: url, NO_COLOR: '1' }, onTestFinished })
  }

  async function dates(): Promise<{ id: string; state: string; verdict: string | null }[]> {
    return JSON.parse((await ground.k1ctl(['schedule', 'list', '--all', '--json'], { env: team })).stdout)
  }

  async function until(holds: () => Promise<boolean>, ms: number): Promise<void> {
    const end = Date.now() + ms
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`not so after ${ms} ms: ${JSON.stringify(await dates())}`)
      await sleep(300)
    }
  }

  const twice = async () => duplicatedWrites((await allWrites(ground)).map(call => ({ ...call, write: true })))
  const isDone = async () => (await dates()).every(({ state, verdict }) => state === 'ended' && verdict === 'proved')
  return { ground, team, agree, worker, dates, until, twice, isDone }
}

/** A way to the database that can be cut off so that nobody is told. */
async function proxyTo(url: string, onTestFinished: Finally) {
  const to = new URL(url)
  const sockets = new Set<Socket>()
  let [isCut, isDown] = [false, false]
  const server = createServer(near => {
    if (isDown) return near.destroy()
    const far = connect(Number(to.port), to.hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('data', part => {
        if (!isCut) other.write(part)
      })
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const through = new URL(url)
  through.port = String(portOf(server.address()))
  return {
    url: through.toString(),
    cut: () => {
      isCut = true
    },
    /** As a database that was stopped: each connection ends, and no other is made until it is started. */
    stop: () => {
      isDown = true
      for (const socket of sockets) socket.destroy()
    },
    start: () => {
      isDown = false
    },
  }
}

describe.skipIf(reason).concurrent("a team's workers", () => {
  it('do what is due, tell what they do as JSON without a secret, and are on the list', async ({ onTestFinished }) => {
    const { ground, team, agree, worker, until, twice, isDone } = await openTeam(onTestFinished)
    await agree(person, leaver(5))
    const one = worker()
    const other = worker()
    await until(isDone, 60_000)
    const status = JSON.parse((await ground.k1ctl(['worker', 'status', '--json'], { env: team })).stdout)
    expect(status).toMatchObject({ store: 'postgresql', due: 0, oldest: null })
    expect(status.workers.map((w: { alive: boolean }) => w.alive)).toEqual([true, true])
    expect(status.limits.map((l: { name: string }) => l.name).join()).toContain('BMS')
    expect(await stillOpen(ground, person, leaver(5))).toEqual([])
    expect(await twice()).toEqual([])
    for (const child of [one, other]) child.kill('SIGTERM')
    const ends = await Promise.all([one.ended, other.ended])
    expect(ends.map(end => end.code)).toEqual([0, 0])
    const lines = ends.flatMap(end => end.stderr.trim().split('\n')).map(line => JSON.parse(line))
    for (const line of lines) expect(line).toMatchObject({ at: expect.any(String), level: expect.any(String) })
    expect(lines.filter(line => line.code === 0)).toHaveLength(2)
    const secrets = Object.values(ground.sandbox.systems).flatMap(({ credentials }) =>
      Object.entries(credentials).flatMap(([key, value]) => (/password|token|secret/i.test(key) ? [value] : [])),
    )
    expect(secrets.length).toBeGreaterThan(2)
    const all = JSON.stringify(lines)
    for (const secret of [...secrets, team.K1CTL_PASSPHRASE]) expect(all).not.toContain(secret)
    const after = JSON.parse((await ground.k1ctl(['worker', 'status', '--json'], { env: team })).stdout)
    expect(after.workers).toEqual([])
  }, 180_000)

  it('tell once that the database is away, and once that it is back', async ({ onTestFinished }) => {
    const { ground, team, worker, until } = await openTeam(onTestFinished)
    const proxy = await proxyTo(team.K1CTL_STORE, onTestFinished)
    const one = worker(proxy.url)
    const roll = async () =>
      JSON.parse((await ground.k1ctl(['worker', 'status', '--json'], { env: team })).stdout).workers
    await until(async () => (await roll()).length === 1, 60_000)
    proxy.stop()
    await sleep(15_000)
    proxy.start()
    await sleep(10_000)
    one.kill('SIGTERM')
    const { code, stderr } = await one.ended
    expect(code, stderr).toBe(0)
    const lines = stderr
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { level: string; text: string })
    const troubles = lines.filter(({ level }) => level === 'warn' || level === 'error')
    expect(troubles.length, stderr).toBeGreaterThan(0)
    expect(troubles.length, stderr).toBeLessThan(12)
    expect(lines.map(({ text }) => text).join('\n')).toContain('The queue and its database answer again.')
  }, 120_000)

  it('take over what one was at that was killed, and nothing is sent twice', async ({ onTestFinished }) => {
    const { ground, agree, worker, until, twice, isDone } = await openTeam(onTestFinished)
    await agree(person)
    await ground.fault('graphus', { delayMs: 400, times: 0 })
    const first = worker()
    await until(async () => (await allWrites(ground)).length > 0, 60_000)
    first.kill('SIGKILL')
    await first.ended
    worker()
    await until(isDone, 90_000)
    expect(await stillOpen(ground, person)).toEqual([])
    expect(await twice()).toEqual([])
  }, 180_000)

  it('end after the goal in hand, and another one goes on', async ({ onTestFinished }) => {
    const { ground, agree, worker, dates, until, twice, isDone } = await openTeam(onTestFinished)
    await agree(person)
    for (const id of Object.keys(ground.sandbox.systems)) await ground.fault(id, { delayMs: 300, times: 0 })
    const first = worker()
    await until(async () => (await allWrites(ground)).length > 0, 60_000)
    first.kill('SIGTERM')
    const end = await first.ended
    expect(end).toMatchObject({ code: 0, signal: null })
    const calls = await allWrites(ground)
    // What had left was answered.
    expect(calls.filter(({ status }) => status === null)).toEqual([])
    expect((await dates())[0]).toMatchObject({ state: 'begun' })
    worker()
    await until(isDone, 90_000)
    expect(await stillOpen(ground, person)).toEqual([])
    expect(await twice()).toEqual([])
  }, 180_000)

  it('send nothing after their lease ended, when they are cut off from the database', async ({ onTestFinished }) => {
    const { ground, team, agree, worker, until, twice, isDone } = await openTeam(onTestFinished)
    await agree(person)
    for (const id of Object.keys(ground.sandbox.systems)) await ground.fault(id, { delayMs: 300, times: 0 })
    const proxy = await proxyTo(team.K1CTL_STORE, onTestFinished)
    const lonely = worker(proxy.url)
    await until(async () => (await allWrites(ground)).length > 0, 60_000)
    proxy.cut()
    const ends = Date.now() + lease
    await sleep(lease)
    const before = (await allWrites(ground)).length
    // Another one of this machine would wait as long as one of another machine: the first is alive.
    const second = worker()
    await until(isDone, 90_000)
    expect(await stillOpen(ground, person)).toEqual([])
    expect(await twice()).toEqual([])
    second.kill('SIGTERM')
    await second.ended
    expect(before).toBeGreaterThan(0)
    await forgetCalls(ground)
    // Long enough for whatever the lonely one still waited for.
    await sleep(Math.max(0, ends + 50_000 - Date.now()))
    expect(await allWrites(ground)).toEqual([])
    lonely.kill('SIGKILL')
    await lonely.ended
  }, 240_000)

  it('say what is missing where DBOS is not installed', async ({ onTestFinished }) => {
    const { ground, team } = await openTeam(onTestFinished)
    const folder = mkdtempSync(join(tmpdir(), 'k1ctl-bare-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const root = join(commandFile, '..', '..')
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(join(root, part), join(folder, part), { recursive: true })
    }
    const bare = start(['worker'], ground.home, { onTestFinished, env: team, program: join(folder, 'bin', 'k1ctl.js') })
    const { code, stderr } = await bare.ended
    expect(code).toBe(4)
    expect(stderr.trim().split('\n')).toEqual([
      "error: A team's worker needs DBOS Transact, which is not installed with k1ctl.",
      'hint: npm install -g @dbos-inc/dbos-sdk@5.3',
    ])
    const once = start(['worker', '--once'], ground.home, {
      onTestFinished,
      env: team,
      program: join(folder, 'bin', 'k1ctl.js'),
    })
    expect(await once.ended).toMatchObject({ code: 0 })
  }, 60_000)
})
