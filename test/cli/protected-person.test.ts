import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoWorld, estatePeople } from '../../src/sandbox/index.ts'
import { openConfig } from '../../src/store/config-store.ts'
import { homeIn, processes } from '../store/ground.ts'
import { type Ground, openGround } from './harness.ts'
import { allWrites, documentOf, leaver, northwind, personIn, stillOpen, tenant } from './leavers.ts'

/** Protection is of a person, not of a word. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const [one, two] = [leaver(6), leaver(7)]

async function refusedWith(sentence: string, person: string, ...words: string[]) {
  const ran = await ground.k1ctl(['offboard', person, '--yes', '--json', ...words])
  expect(ran.code, ran.stdout).toBe(3)
  expect(documentOf(ran).people.map(p => p.why)).toEqual([expect.stringContaining(sentence)])
  expect(await allWrites(ground)).toEqual([])
}

describe('somebody who is protected', () => {
  it('by a log-in of one system alone is shown, and is protected everywhere, whatever --only says', async () => {
    const chat = await personIn(ground, 'scim', one)
    expect(chat.login).not.toContain('@')
    const added = await ground.k1ctl(['protect', 'add', chat.login])
    expect(added).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`of ${tenant}, ${one}, ${chat.login} (id ${chat.id})`),
    })
    const [kept] = JSON.parse((await ground.k1ctl(['protect', 'list', '--json'])).stdout)
    expect(kept.accounts).toContainEqual({ tenant, system: 'scim:huddle', id: chat.id, words: [one, chat.login] })
    await refusedWith('is protected', one)
    await refusedWith('is protected', one, '--only', 'kaseyaone')
    expect((await ground.k1ctl(['protect', 'remove', chat.login])).code).toBe(0)
    expect((await ground.k1ctl(['offboard', one, '--yes'])).code).toBe(0)
  })

  it('while a run goes on is left alone by it', async () => {
    await ground.fault('kaseyaone', { method: 'PATCH', delayMs: 1500, times: 1 })
    const running = ground.k1ctl(['offboard', one, two, '--yes', '--json', '--concurrency', '1'])
    await new Promise(resolve => setTimeout(resolve, 500))
    expect((await ground.k1ctl(['protect', 'add', two])).code).toBe(0)
    const ran = await running
    expect(ran.code, ran.stdout).toBe(3)
    expect(documentOf(ran).people.map(p => p.verdict)).toEqual(['proved', 'incomplete'])
    expect(documentOf(ran).people[1]?.why).toBe(`${two} is protected.`)
    expect(await stillOpen(ground, two)).not.toEqual([])
  })

  it('as the account that k1ctl signs in with: also in a system that --only leaves out', async () => {
    await refusedWith('is the account that k1ctl itself signs in with', 'k1ctl-api', '--only', 'graphus')
  })
})

it('whoever is found nowhere is kept as a word, and that is said', async () => {
  const { stderr, code } = await ground.k1ctl(['protect', 'add', 'nobody-at-all'])
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/Nobody of that name was found in \d+ connected/),
  })
  await ground.fault('graphus', { drop: 'before', times: 0 })
  const silent = await ground.k1ctl(['protect', 'add', one, '--timeout', '1', '--json'])
  const { accounts, silent: sentences } = JSON.parse(silent.stdout)
  expect(accounts.length).toBeGreaterThan(2)
  expect(sentences).toEqual([expect.stringContaining(`Graphus of ${tenant} does not answer`)])
})

describe('an alias', () => {
  const customer = 'Ironbridge Machining'
  const [, , third] = estatePeople(demoWorld()).map(each => each.person.email)
  let estate: Ground
  beforeAll(async () => {
    estate = await openGround('demo', customer)
  })
  afterAll(() => estate.close())

  it.each(['when it is added', 'in the run, where nothing was connected then'])(
    'protects the primary address, and each account in other systems: found %s',
    async when => {
      const person = third ?? ''
      // Only Google Workspace knows it.
      const alias = `alias.${person}`
      if (when === 'when it is added') {
        const { stderr } = await estate.k1ctl(['protect', 'add', alias, '--tenant', customer])
        expect(stderr).toContain(`Google Workspace of ${customer}, ${person} (id `)
      } else {
        const config = await openConfig(homeIn(estate.home), processes)
        await config.unprotect(alias, customer)
        await config.protect({ person: alias, tenant: customer })
      }
      for (const words of [[], ['--only', 'aws'], ['--except', 'google-workspace']]) {
        const ran = await estate.k1ctl(['offboard', person, '--yes', '--json', ...words])
        expect(ran.code, ran.stdout).toBe(3)
        expect(documentOf(ran).people[0]?.why).toBe(`${person} is protected.`)
      }
      expect(await allWrites(estate)).toEqual([])
    },
  )
})
