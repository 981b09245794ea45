import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { allWrites, everyFollower, leaver, northwind, takeDown, tenant } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind(...everyFollower))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const one = leaver(0)
const find = (...words: string[]) => ground.k1ctl(['people', 'find', ...words])

interface Found {
  system: string
  email: string
  name: string
  active: boolean
  roles: string[]
  lastSignIn: string | null
}

it('tells where somebody is, by words of the name in any order and case, and changes nothing', async () => {
  const { code, stdout } = await find("O'BRIEN", 'siob', '--json')
  expect(code).toBe(0)
  const rows: Found[] = JSON.parse(stdout)
  expect(new Set(rows.map(r => r.email))).toEqual(new Set([one]))
  expect(rows.map(r => r.system)).toEqual(expect.arrayContaining(['kaseyaone', 'bms', 'graphus', 'scim:huddle']))
  expect(Object.keys(rows[0] ?? {})).toEqual([
    'tenant',
    'system',
    'login',
    'email',
    'name',
    'active',
    'roles',
    'lastSignIn',
  ])
  expect(await allWrites(ground)).toEqual([])
})

it('of nobody there is exit 3, and who may be meant', async () => {
  const { code, stdout, stderr } = await find('siobhan', 'obrein')
  expect({ code, stdout }).toEqual({ code: 3, stdout: 'Nobody was found.\n' })
  expect(stderr).toContain(`Near: Siobhan O'Brien <${one}> (in 5 systems)`)
  expect((await find('zzzzzz')).stderr).not.toContain('Near')
})

it('says which system did not answer: exit 3, the others are told', async () => {
  await takeDown(ground, 'graphus')
  const { code, stdout, stderr } = await find('siobhan', '--timeout', '2')
  expect(code).toBe(3)
  expect(stdout).toContain('kaseyaone')
  expect(stderr).toContain(`! ${tenant} · Graphus: `)
})

it('a leaver who is found nowhere is asked about, in a dry run and at the question, and never taken', async () => {
  const typed = one.replace("o'brien", "o'brein")
  const hint = `→ ${typed}: is it Siobhan O'Brien <${one}>?`
  const dry = await ground.k1ctl(['offboard', typed, '--dry-run'])
  expect(dry.code).toBe(3)
  expect(dry.stderr).toContain(hint)
  const ran = await ground.k1ctl(['offboard', typed], { prompter: scriptedPrompter({}) })
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain(hint)
  expect(await allWrites(ground)).toEqual([])
})
