import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { checkFile, openFolder } from './posture-ground.ts'

const { folder } = openFolder()
const example = 'examples/posture.yaml'
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

it('the same rows as CSV and JSON', async () => {
  const as = async (format: string) =>
    (await ground.k1ctl(['posture', 'report', '-f', example, '--format', format])).stdout
  const rows = JSON.parse(await as('json'))
  expect((await as('csv')).trimEnd().split('\r\n')).toHaveLength(rows.length + 1)
})
