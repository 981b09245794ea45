import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { checkFile, openFolder } from './posture-ground.ts'

const { folder } = openFolder()
const example = 'src/posture-file/example.yaml'
let ground: Ground
beforeAll(async () => {
  ground = await openGround('demo')
})
afterAll(async () => {
  await ground.close()
  rmSync(folder, { recursive: true, force: true })
})

it('the example of a whole MSP is taken, and finds in the demo what is to do', async () => {
  const { rows, code } = await checkFile(ground, example, ['--all', '--exit-code'])
  expect(code).toBe(5)
  const count = (state: string) => rows.filter(row => row.state === state).length
  expect(count('deviates')).toBeGreaterThan(50)
  expect(count('holds')).toBeGreaterThan(50)
  expect(count('by-hand')).toBeGreaterThan(70)
  expect(count('not-connected')).toBeGreaterThan(3)
}, 60_000)

it('the page stands alone: no request can leave it, one script by its hash, each tenant once, worst first', async () => {
  const to = join(folder, 'posture.html')
  const words = ['posture', 'report', '-f', example, '--all-tenants', '--to', to]
  expect((await ground.k1ctl(words)).code).toBe(0)
  const page = readFileSync(to, 'utf8')
  if (process.env.K1CTL_KEEP_PAGE) writeFileSync(process.env.K1CTL_KEEP_PAGE, page)
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? []
  expect(page).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  expect(page).toContain(`default-src 'none'`)
  expect(page).not.toMatch(/\b(src|href|action)=["']?(https?:|\/\/)/i)
  expect(page).not.toMatch(/\son\w+=/i)
  const tenants = [...page.matchAll(/<tr data-tenant="([^"]*)"/g)].map(([, tenant]) => tenant)
  expect(tenants).toHaveLength(40)
  expect(new Set(tenants).size).toBe(40)
  const open = [...page.matchAll(/<\/th><td class="num">(\d+)<\/td>/g)].map(([, count]) => Number(count))
  expect(open[0]).toBeGreaterThan(open.at(-1) ?? 0)
}, 60_000)

it('tells from past checks how it went, and keeps working where they cannot be read', async () => {
  const to = join(folder, 'trend.html')
  const words = ['-f', example, '--tenant', 'Fairview Orthodontics', '--only', 'graphus']
  const report = (now: Date) => ground.k1ctl(['posture', 'report', ...words, '--to', to], { now })
  const [first, later] = [new Date('2026-11-20T10:00:00Z'), new Date('2026-11-27T10:00:00Z')]
  await ground.k1ctl(['posture', 'check', ...words], { now: first })
  await report(first)
  expect(readFileSync(to, 'utf8')).not.toContain('class="trend"')
  expect((await ground.k1ctl(['posture', 'apply', ...words, '--yes'])).code).toBe(0)
  await report(later)
  const page = readFileSync(to, 'utf8')
  expect(page).toContain(
    '<b>1 of 3</b> on 2026-11-20, <b>0 of 3</b> on 2026-11-27; since 2026-11-20, 0 tenants worse, 1 better',
  )
  expect(page).toContain('title="1 fewer open features than on 2026-11-20">−1</span>')
  const kept = join(ground.home, 'state', 'posture-checks.json')
  writeFileSync(kept, '{"version": 7}')
  const ran = await report(later)
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('Not kept for the trend') })
  expect(readFileSync(kept, 'utf8')).toBe('{"version": 7}')
  rmSync(kept)
  await ground.reset()
})

it('the same rows as CSV and JSON', async () => {
  const as = async (format: string) =>
    (await ground.k1ctl(['posture', 'report', '-f', example, '--format', format])).stdout
  const rows = JSON.parse(await as('json'))
  expect((await as('csv')).trimEnd().split('\r\n')).toHaveLength(rows.length + 1)
})

it('applied to all forty tenants, it closes what can be reached; what is left is left with a reason', async () => {
  const words = ['posture', 'apply', '-f', example, '--all-tenants', '--canary', 'Northwind Dental', '--yes', '--json']
  const ran = await ground.k1ctl(words)
  expect(ran.code).toBe(3)
  const { results, unreached }: { results: { end: string; proved: boolean; why?: string }[]; unreached: unknown[] } =
    JSON.parse(ran.stdout)
  const changed = results.filter(({ end }) => end === 'changed')
  expect(changed.length).toBeGreaterThan(100)
  expect(changed.every(({ proved }) => proved)).toBe(true)
  expect(results.filter(({ end }) => end === 'failed' || end === 'unknown')).toEqual([])
  const left = results.filter(({ end }) => end === 'refused' || end === 'pending')
  expect(left.every(({ why = '' }) => why !== '')).toBe(true)
  expect(unreached).toHaveLength(1)
  const { rows } = await checkFile(ground, example)
  const deviates = rows.filter(({ state }) => state === 'deviates')
  // BMS that was never configured, is not linked, or whose account may not: nothing else.
  expect(new Set(deviates.map(({ deviation }) => deviation.split('/').slice(0, 2).join('/'))).size).toBe(3)
}, 120_000)

it('says of many tenants what comes next once, for all of them, and not with each', async () => {
  await ground.reset()
  const ran = await ground.k1ctl(['posture', 'check', '-f', example, '--all-tenants'])
  const [all, steps] = [ran.stdout.split('\n'), ran.stderr.split('\n').filter(line => line.startsWith('→'))]
  expect(steps).toEqual([
    expect.stringMatching(
      new RegExp(`^→ \\d+ to change in \\d+ tenants: k1ctl posture apply -f ${example} --all-tenants --dry-run$`),
    ),
    expect.stringContaining('leads through them at a terminal'),
    `→ As a page: k1ctl posture report -f ${example} --all-tenants --to posture.html`,
  ])
  expect(all.filter(line => /posture apply|k1ctl attest/.test(line))).toEqual([])
  expect(all).toContain('  ? by hand (log-in, require-log-in)')
  const one = await ground.k1ctl(['posture', 'check', '-f', example, '--tenant', 'Northwind Dental'])
  expect(one.stdout).toContain("→ k1ctl posture apply -f src/posture-file/example.yaml --tenant 'Northwind Dental'")
  expect(one.stderr).not.toContain('→')
})
