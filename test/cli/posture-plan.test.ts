import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { checkFile, openFolder } from './posture-ground.ts'
import { smallWorld, tenantName } from './small-world.ts'

const portal = 'datto-partner-portal'
const second = tenantName('ambiguousDepartments')
const { folder, fileOf } = openFolder()
const posture = fileOf('defaults:\n  datto-partner-portal: { log-in: on, deprovisioning: on }\n')
const plan = join(folder, 'plan.json')

describe('a plan of posture apply, kept and carried out later', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(smallWorld('first', 'ambiguousDepartments'))
  })
  afterAll(async () => {
    await ground.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => ground.reset())

  const save = (...more: string[]) =>
    ground.k1ctl(['posture', 'apply', '-f', posture, '--all-tenants', '--save-plan', plan, ...more])
  const carryOut = (...more: string[]) => ground.k1ctl(['posture', 'apply', '--plan', plan, '--yes', ...more])
  const refused = async (ran: Awaited<ReturnType<typeof carryOut>>, code: number, words: string) => {
    expect(ran).toMatchObject({ code, stderr: expect.stringContaining(words) })
    expect(await ground.writes(portal)).toEqual([])
    expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout).toBe('[]\n')
  }

  it('shows what would be done, changes nothing, and is then carried out as it was shown', async () => {
    const saved = await save('--canary', second, '--exit-code')
    expect(saved).toMatchObject({ code: 5, stderr: expect.stringContaining(`--plan ${plan}`) })
    expect(saved.stdout).toContain('Automatic User Deprovisioning  off  →  on')
    expect(await ground.writes(portal)).toEqual([])
    const ran = await carryOut('--jq', '.verdict')
    expect(ran).toMatchObject({ code: 0, stdout: 'proved\n' })
    // The canary is in the plan.
    expect((await ground.writes(portal))[0]?.path).toContain('t-004')
    expect((await checkFile(ground, posture)).rows).toEqual([])
  })

  it('holds --max-tenants beside the plan, and no option that says what is done', async () => {
    await save()
    await refused(await carryOut('--max-tenants', '1'), 1, 'more than --max-tenants 1')
    await refused(await carryOut('-f', posture), 2, '--file is given and --plan is, too')
    await refused(await carryOut('--canary', second), 2, '--canary is given')
    await refused(await carryOut('--only', 'bms'), 2, '--only is given')
  })

  it('is refused when it was edited, is cut off, or is another plan', async () => {
    await save()
    const good = readFileSync(plan, 'utf8')
    fileOf(good.replaceAll('"on": true', '"on": false'), 'plan.json')
    await refused(await carryOut(), 2, 'was edited after it was made')
    fileOf(good.slice(0, -40), 'plan.json')
    await refused(await carryOut(), 2, 'is not valid JSON')
    fileOf('{"version": 2, "people": []}', 'plan.json')
    await refused(await carryOut(), 2, 'is no plan of posture apply')
    fileOf(JSON.stringify(JSON.parse(good)), 'plan.json')
    expect((await carryOut()).code, 'laid out anew, it says the same').toBe(0)
  })

  it('is refused when a module is no longer as it was', async () => {
    await save()
    expect((await ground.k1ctl(['jit', 'disable', portal, '--tenant', second, '--yes'])).code).toBe(0)
    const before = (await ground.writes(portal)).length
    const ran = await carryOut()
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('finds on.user-creation false, where it was true'),
    })
    expect(ran.stderr).toContain('Make a new plan')
    expect(await ground.writes(portal)).toHaveLength(before)
  })

  it('does not touch what was silent when it was made, nor what is silent now', async () => {
    await ground.fault(portal, { path: '/tenants/t-004/', status: 403, body: { code: 'forbidden' }, times: 0 })
    expect((await save()).code).not.toBe(0)
    await ground.control(portal, 'faults', { method: 'DELETE' })
    await refused(await carryOut(), 1, 'was not shown: it did not answer then')
    await save()
    await ground.fault(portal, { path: '/tenants/t-004/', status: 403, body: { code: 'forbidden' }, times: 0 })
    await refused(await carryOut(), 1, 'does not answer')
  })
})
