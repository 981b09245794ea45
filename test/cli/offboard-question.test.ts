import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { allWrites, everyFollower, leaver, northwind, tenant } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

const [one, two] = [leaver(0), leaver(1)]
const namesake = 'siobhan.other@northwind-dental.example'

let ground: Ground
beforeAll(async () => {
  const world = northwind(...everyFollower)
  const people = world.tenants.find(t => t.name === tenant)?.people ?? []
  const leaving = people.find(p => p.email === one)
  const other = people.find(p => p.email !== one && p.email !== two && p.givenName !== leaving?.givenName)
  if (!leaving || !other) throw new Error('The world has nobody who could be a namesake.')
  Object.assign(other, { givenName: leaving.givenName, familyName: leaving.familyName, email: namesake })
  ground = await openGround(world)
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

/** What was on the screen when the question came, and the question. */
async function asked(words: string[]): Promise<{ page: string; question: string }> {
  let question = ''
  const say = (message: string) => {
    question = message
  }
  const prompter = scriptedPrompter({
    confirm: async message => {
      say(message)
      return false
    },
  })
  const ran = await ground.k1ctl(['offboard', ...words], { prompter })
  expect(ran.code, ran.stderr).toBe(130)
  expect(await allWrites(ground)).toEqual([])
  return { page: ran.stderr, question }
}

it('a namesake in the tenant is named, with the e-mail that tells the two apart', async () => {
  const { page } = await asked([one])
  expect(page).toMatch(new RegExp(`warning: another Siobhan O'Brien stays: ${namesake} \\(.+\\)\\n`))
  expect((await asked([two])).page).not.toContain('another ')
})

it('of a list it is told whom nothing is done for, and why', async () => {
  const nobody = ['ann.nobody', 'bob.nobody', 'cid.nobody'].map(name => `${name}@northwind-dental.example`)
  const { page, question } = await asked([one, two, ...nobody, 'eve@elsewhere.example'])
  expect(question).toBe('Offboard these 2 people?')
  expect(page).toContain(`Not found: 3 (${nobody.join(', ')}).`)
  expect(page).toContain('Refused: 1 (eve@elsewhere.example).')
  expect(page).toContain(`Siobhan O'Brien <${one}> of ${tenant}\n`)
})

it('what cannot be undone is told in the line that it is asked in, and counted', async () => {
  const { page } = await asked([one, '--delete'])
  expect(page).toMatch(/^ {2}~ KaseyaOne .*DELETE \(for good\)$/m)
  expect(page).toMatch(/\d+ changes in 5 systems, \d+ of them cannot be undone/)
})
