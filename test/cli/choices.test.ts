import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AskChoice, Prompter } from '../../src/core/ports.ts'
import { type Ground, openGround } from './harness.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld } from './small-world.ts'

/** Commands that are called without what they need, at a terminal and elsewhere. */

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first', 'everythingOn'))
})
beforeEach(() => ground.reset())
afterAll(() => ground.close())

/** Picks by name, and notes each question with what was to choose from. */
function picking(answers: Record<string, string>, more: Partial<Prompter> = {}) {
  const lists: Record<string, readonly AskChoice<unknown>[]> = {}
  const prompter = scriptedPrompter({
    confirm: async () => true,
    async choose(message, choices) {
      lists[message] = choices
      const wanted = answers[message]
      const found = choices.find(c => c.name === wanted)
      if (!found) throw new Error(`"${message}" offers no ${wanted}: ${choices.map(c => c.name).join(', ')}`)
      return found.value
    },
    ...more,
  })
  return { prompter, lists }
}

describe('without what it needs', () => {
  it('exceptions add asks for module and user, by a part of the name', async () => {
    await ground.k1ctl(['require-log-in', 'enable', 'bms', '--except', 'k1ctl-api', '--role', 'Manager', '--yes'])
    const { prompter, lists } = picking(
      { 'Which module of Northwind Dental?': 'BMS', 'Who?': 'Amy Breakglass' },
      { input: async () => 'amy.breakglas' },
    )
    const { code, stderr } = await ground.k1ctl(['require-log-in', 'exceptions', 'add'], { prompter })
    expect(code, stderr).toBe(0)
    expect(lists['Who?']?.length).toBeGreaterThan(0)
    const { stdout } = await ground.k1ctl(['require-log-in', 'exceptions', 'list', 'bms', '--json'])
    expect(stdout).toContain('amy.breakglass@northwind-dental.example')
  })

  it('access-groups map asks for module, group and roles, and says what is mapped', async () => {
    const { prompter } = picking({
      'Which module of Northwind Dental?': 'BMS',
      'Which KaseyaOne group?': 'Front Office',
      'Which role does Front Office give?': 'Technician',
      'Another role?': 'done',
    })
    const { code, stderr } = await ground.k1ctl(['access-groups', 'map'], { prompter })
    expect(code, stderr).toBe(0)
    const again = picking({
      'Which KaseyaOne group?': 'Front Office',
      'Which role does Front Office give?': 'Technician',
      'Another role?': 'done',
    })
    await ground.k1ctl(['access-groups', 'map', 'bms'], { prompter: again.prompter })
    const group = again.lists['Which KaseyaOne group?']?.find(c => c.name === 'Front Office')
    expect(group?.description).toBe('gives Technician')
    const role = again.lists['Which role does Front Office give?']?.find(c => c.current)
    expect(role?.name).toBe('Technician')
  })

  it('disconnect lists what is connected, and offboard asks who leaves', async () => {
    const { prompter, lists } = picking({ 'Forget which connection of Northwind Dental?': 'graphus' })
    expect((await ground.k1ctl(['disconnect'], { prompter })).code).toBe(0)
    expect(lists['Forget which connection of Northwind Dental?']?.[0]).toMatchObject({
      name: 'bms',
      description: 'BMS · k1ctl-api',
    })
    const asked: string[] = []
    const { prompter: second } = picking(
      {},
      {
        input: async message => {
          asked.push(message)
          return 'nobody.here@northwind-dental.example'
        },
      },
    )
    await ground.k1ctl(['offboard', '--dry-run'], { prompter: second })
    expect(asked).toEqual(['Who leaves? (e-mail, log-in, or a part of the name)'])
  })

  it('offboard looks for a part of the name in all that is connected, and lists whom it finds', async () => {
    const typed = ['zzz qqq', 'grace']
    const { prompter, lists } = picking({ 'Who?': 'Grace Palmer' }, { input: async () => typed.shift() ?? '' })
    const { stderr, stdout } = await ground.k1ctl(['offboard', '--dry-run'], { prompter })
    expect(stderr).toContain('Nobody is like "zzz qqq".')
    expect(lists['Who?']?.map(c => c.description)).toContainEqual(
      expect.stringMatching(/^grace\.palmer@northwind-dental\.example · /),
    )
    expect(stdout).toContain('grace.palmer@northwind-dental.example')
    expect(typed).toEqual([])
  })

  it('offboard offers who is spelled alike where nobody is called so, and calls no system twice to sign in', async () => {
    const question = 'Nobody is called "grace palmor". Who is meant?'
    const { prompter, lists } = picking({ [question]: 'Grace Palmer' }, { input: async () => 'grace palmor' })
    await ground.k1ctl(['offboard', '--dry-run'], { prompter })
    expect(lists[question]).toHaveLength(1)
    const calls = (await ground.calls('graphus')).map(({ method, path }) => `${method} ${path}`)
    expect(calls.filter(call => call === 'POST /log-in')).toHaveLength(1)
  })

  it.each([
    [['connect'], 'No system is named.'],
    [['disconnect'], 'No connection is named.'],
    [['access-groups', 'map'], 'No module is named.'],
    [['require-log-in', 'exceptions', 'add'], 'No module is named.'],
    [['offboard'], 'Nobody is named.'],
  ])('%s says what is missing where nobody can be asked: exit 2', async (words, sentence) => {
    const { code, stderr } = await ground.k1ctl(words)
    expect(code).toBe(2)
    expect(stderr).toContain(sentence)
    expect(stderr).toMatch(/^hint: /m)
  })
})

it('a tenant that was picked is asked for once in a call', async () => {
  const elsewhere = await openGround(smallWorld('first', 'everythingOn'), 'none is chosen')
  const questions: string[] = []
  const { prompter } = picking(
    {},
    {
      async choose(message, choices) {
        questions.push(message)
        const [first] = choices
        if (!first) throw new Error(`"${message}" offers nothing`)
        return (choices.find(c => c.name === 'done') ?? first).value
      },
      confirm: async () => false,
    },
  )
  await elsewhere.k1ctl(['access-groups', 'map', 'bms'], { prompter })
  await elsewhere.close()
  expect(questions.filter(q => q === 'Which tenant?')).toHaveLength(1)
  expect(questions.at(-1)).toBe('Another role?')
})
