import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openLedger } from '../../src/store/ledger.ts'
import { bundleChild, clock, failureOf, homeIn, makeFolder, makeHome, processes, startChild } from './ground.ts'

let folder: string
let program: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'k1ctl-child-'))
  program = await bundleChild(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a killed process loses nothing that was acknowledged, and its run can go on', { timeout: 30_000 }, async () => {
  const home = makeHome()
  const ledger = openLedger({ home, clock, processes })
  for (let round = 0; round < 4; round++) {
    const child = startChild(program, ['append-forever', home.config])
    const run = await child.next()
    // A run is seen from its first entry on.
    await child.next()
    await new Promise(resolve => setTimeout(resolve, 40 + round * 53))
    const error = await failureOf(ledger.open(run))
    expect(error.message).toContain(`(process ${child.process.pid} on ${hostname()}) is at work on run ${run}, since`)
    child.process.kill('SIGKILL')
    await child.ended
    const acknowledged = Number(child.lines.at(-1))
    expect(acknowledged).toBeGreaterThan(0)
    const reading = await ledger.read(run)
    expect(['intact', 'torn']).toContain(reading.chain.state)
    expect(reading.entries.length).toBeGreaterThan(acknowledged)
    const writer = await ledger.open(run)
    await writer.append('report', { round })
    await writer.close()
    const whole = await ledger.read(run)
    expect(whole.chain).toEqual({ state: 'intact' })
    expect(whole.entries).toHaveLength(reading.entries.length + 1)
  }
})

test('of several that take over a dead process’s run, one gets it', { timeout: 30_000 }, async () => {
  const home = makeHome()
  const child = startChild(program, ['hold-run', home.config])
  const run = await child.next()
  child.process.kill('SIGKILL')
  await child.ended
  const heirs = Array.from({ length: 5 }, () => startChild(program, ['open-run', home.config, run]))
  const replies = await Promise.all(heirs.map(heir => heir.next()))
  expect(replies.toSorted()).toEqual(['got it', 'refused', 'refused', 'refused', 'refused'])
})

test('a full disk is a storage error; the run stays whole, and can go on when there is space', async ctx => {
  const disk = join(makeFolder(), 'disk')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk], { stdio: 'ignore' })
  } catch {
    ctx.skip('this user may not mount a small disk')
  }
  onTestFinished(() => {
    execFileSync('umount', [disk])
  })
  const child = startChild(program, ['fill-disk', disk])
  await child.ended
  const [run = '', ...rest] = child.lines
  const [error = '', again] = rest.slice(-2)
  const acknowledged = Number(rest.at(-3))
  expect(JSON.parse(error)).toMatchObject({ kind: 'storage', facts: { code: 'ENOSPC' } })
  expect(again).toBe('refused')
  const ledger = openLedger({ home: homeIn(disk), clock, processes })
  const reading = await ledger.read(run)
  expect(reading.chain).toEqual({ state: 'intact' })
  expect(reading.entries).toHaveLength(acknowledged + 1)
  execFileSync('mount', ['-o', 'remount,size=256k', disk])
  const writer = await ledger.open(run)
  expect((await writer.append('report', {})).seq).toBe(acknowledged + 1)
  await writer.close()
})

test('a file that may not grow is a storage error; what got through of a line is cut off', async ctx => {
  if (process.platform === 'win32') ctx.skip('Windows has no limit on file sizes')
  const home = makeHome()
  const shell = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`
  const out = execFileSync('bash', ['-c', shell, process.execPath, program, 'fill-disk', home.config], {
    encoding: 'utf8',
  })
  const [run = '', ...rest] = out.trim().split('\n')
  expect(JSON.parse(rest.at(-2) ?? '')).toMatchObject({ kind: 'storage', facts: { code: 'EFBIG' } })
  expect(rest.at(-1)).toBe('refused')
  const reading = await openLedger({ home, clock, processes }).read(run)
  expect(reading.chain).toEqual({ state: 'intact' })
  expect(reading.entries).toHaveLength(Number(rest.at(-3)) + 1)
})
