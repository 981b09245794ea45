import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'

/** `--successor manager`: who that is, is looked up before anything is agreed to, and kept in the run. */

const tenant = 'Ironbridge Machining'
const leaver = 'emma.suzuki@ironbridge.example'
const manager = 'priya.baker@ironbridge.example'

let ground: Ground
beforeEach(async () => {
  ground = await openGround('demo', tenant)
})
afterEach(() => ground.close())

const offboard = (...more: string[]) =>
  ground.k1ctl(['offboard', leaver, '--only', 'microsoft-365', '--successor', 'manager', ...more])
const control = (path: string, body: object) =>
  ground.control('microsoft-365', path, { method: 'POST', body: JSON.stringify(body) })

async function planned() {
  const { stdout, code } = await offboard('--dry-run', '--json')
  const plan = JSON.parse(stdout)
  const person = plan.people?.[0] ?? plan[0] ?? plan
  const goals: { kind: string; summary: string }[] = person.goals
  return { code, goals, residual: JSON.stringify(person.residual) }
}

it('is their manager by e-mail, also for whoever verifies and takes back the run', async () => {
  const ran = await offboard('--yes', '--json')
  expect(ran.code).toBe(0)
  expect(ran.stdout).toContain(`handed over to ${manager}`)
  expect((await ground.k1ctl(['runs', 'verify', 'last'])).code).toBe(0)
  const back = await ground.k1ctl(['runs', 'undo', 'last', '--yes', '--json'])
  expect(JSON.parse(back.stdout).people?.[0].results ?? JSON.parse(back.stdout).results).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'successor-let-in', proved: true })]),
  )
}, 90_000)

it.each([
  ['blocked', 'people/change', { email: manager, accountEnabled: false }, `${manager}, is blocked in Microsoft 365`],
  ['deleted', 'people/delete', { email: manager }, 'names no manager'],
])('is nobody who is %s, and that is said', async (_, path, body, sentence) => {
  await control(path, body)
  const { code, goals, residual } = await planned()
  expect(code).toBe(0)
  expect(goals.map(({ kind }) => kind)).not.toContain('data-handed-over')
  expect(goals.map(({ kind }) => kind)).toContain('sign-in-blocked')
  expect(residual).toContain(sentence)
  expect(residual).toContain('nobody gets what they had')
})

it('is no word that could be anything', async () => {
  const ran = await ground.k1ctl(['offboard', leaver, '--successor', 'boss', '--dry-run'])
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('takes an e-mail, or the word manager')])
})

it('is a manager, and meetings are cancelled, only with a system that has them', async () => {
  const { stdout } = await ground.k1ctl([
    ...['offboard', leaver, '--only', 'aws', '--successor', 'manager', '--cancel-meetings', '--dry-run'],
  ])
  expect(stdout).toContain('No system that is connected here knows of managers')
})
