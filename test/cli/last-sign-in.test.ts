import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround('demo')
})
afterAll(() => ground.close())

it('when somebody last signed in is told where a system tells it in its list of people', async () => {
  const who = ['people', 'find', 'diego.torres@ironbridge.example', '--tenant', 'Ironbridge Machining', '--json']
  const { code, stdout } = await ground.k1ctl(who)
  expect(code).toBe(0)
  const rows: { system: string; lastSignIn: string | null }[] = JSON.parse(stdout)
  const told = rows.filter(row => row.lastSignIn !== null)
  expect(told.map(row => row.system)).toEqual(['active-directory', 'google-workspace', 'aws'])
  for (const { lastSignIn } of told) expect(lastSignIn).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  const ago = Date.now() - Date.parse(told[0]?.lastSignIn ?? '')
  expect(Math.round(ago / 86_400_000)).toBe(3)
})
