import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import { smallWorld } from './small-world.ts'

const { breakGlass, apostrophe, plus, itAdmin } = demoFacts.people
const own = 'k1ctl-api@northwind-dental.example'
/** A person who can get in whatever a test takes away. */
const keeper = itAdmin

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const exceptions = (words: string[]) => ground.k1ctl(['require-log-in', 'exceptions', ...words])

async function excepted(module: string): Promise<string[]> {
  const { stdout } = await exceptions(['list', module, '--json'])
  const rows: { kind: string; email: string | null; name: string }[] = JSON.parse(stdout)
  return rows.filter(r => r.kind !== 'always-exempt').map(r => r.email ?? r.name)
}

async function requireInBms(...more: string[]): Promise<void> {
  const { code } = await ground.k1ctl([
    'require-log-in',
    'enable',
    'bms',
    '--except',
    own,
    '--except',
    keeper,
    ...more,
    '--yes',
  ])
  expect(code).toBe(0)
  await ground.control('bms', 'calls', { method: 'DELETE' })
}

describe('exceptions in BMS', () => {
  it('are added by e-mail and by role, on top of those that are there', async () => {
    await requireInBms()
    const added = await exceptions(['add', 'bms', apostrophe, plus.toUpperCase(), '--role', 'technician', '--yes'])
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('changed') })
    expect(await excepted('bms')).toEqual([own, keeper, apostrophe, plus, 'Technician'])
    const again = await exceptions(['add', 'bms', apostrophe, '--role', '3', '--yes'])
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already') })
    expect(await ground.writes('bms')).toHaveLength(1)
  })

  it('are added by role alone', async () => {
    await requireInBms()
    expect((await exceptions(['add', 'bms', '--role', 'Finance', '--yes'])).code).toBe(0)
    expect(await excepted('bms')).toEqual([own, keeper, 'Finance'])
  })

  it('are removed one by one, and removing nobody is already done', async () => {
    await requireInBms('--except', breakGlass, '--role', 'Manager')
    expect((await exceptions(['remove', 'bms', breakGlass, '--role', 'Manager', '--yes'])).code).toBe(0)
    expect(await excepted('bms')).toEqual([own, keeper])
    const again = await exceptions(['remove', 'bms', breakGlass, '--yes'])
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already') })
    expect(await ground.writes('bms')).toHaveLength(1)
  })

  it('are set to exactly these, roles too', async () => {
    await requireInBms('--except', breakGlass, '--role', 'Manager')
    const set = await exceptions(['set', 'bms', own, apostrophe, '--role', 'Finance', '--yes', '--json'])
    expect(set.code).toBe(0)
    expect(JSON.parse(set.stdout).results[0].differences).toEqual([
      { what: 'Excepted users', before: `${breakGlass}, ${keeper}, ${own}`, after: `${own}, ${apostrophe}` },
      { what: 'Excepted roles', before: 'Manager', after: 'Finance' },
    ])
    expect(await excepted('bms')).toEqual([own, apostrophe, 'Finance'])
    await exceptions(['set', 'bms', own, keeper, '--yes'])
    expect(await excepted('bms')).toEqual([own, keeper])
  })

  it('of somebody who became inactive can still be removed', async () => {
    await requireInBms('--except', apostrophe)
    const body = JSON.stringify({ company: 'Northwind Dental', id: 1004, active: false })
    await ground.control('bms', 'employee', { method: 'POST', body })
    const { stdout } = await exceptions(['list', 'bms'])
    expect(stdout).toMatch(new RegExp(`user\\s+Sean O'Malley\\s+${apostrophe}\\s+no`))
    expect((await exceptions(['remove', 'bms', apostrophe, '--yes'])).code).toBe(0)
    expect(await excepted('bms')).toEqual([own, keeper])
  })

  it('stay when Require is turned off', async () => {
    await requireInBms('--except', breakGlass)
    const off = await ground.k1ctl(['require-log-in', 'disable', 'bms', '--yes'])
    expect(off.stderr).toContain('Everybody can then log in with a local password again')
    expect(await excepted('bms')).toEqual([own, keeper, breakGlass])
  })
})

describe('exceptions in Datto Partner Portal', () => {
  beforeEach(async () => {
    await ground.k1ctl(['require-log-in', 'enable', 'dpp', '--except', breakGlass, '--yes'])
  })

  it('are listed with those who are always exempt, and why', async () => {
    const { code, stdout } = await exceptions(['list', 'dpp', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ kind: 'user', email: breakGlass, active: true, why: null }),
      expect.objectContaining({ kind: 'always-exempt', email: itAdmin, why: 'Security Admin' }),
    ])
  })

  it('are added, set and removed', async () => {
    await exceptions(['add', 'dpp', plus, '--yes'])
    expect(await excepted('dpp')).toEqual([breakGlass, plus])
    await exceptions(['set', 'dpp', apostrophe, '--yes'])
    expect(await excepted('dpp')).toEqual([apostrophe])
    // A Security Admin is always exempt, so there is a way back in.
    expect((await exceptions(['remove', 'dpp', apostrophe, '--yes'])).code).toBe(0)
    expect(await excepted('dpp')).toEqual([])
  })

  it('are users only', async () => {
    const { code, stderr } = await exceptions(['add', 'dpp', '--role', 'Tech', '--yes'])
    expect(code).toBe(2)
    expect(stderr).toContain('Datto Partner Portal has no role exceptions; only users can be excepted.')
  })
})

describe('who is named', () => {
  const wrong: { name: string; words: string[]; says: RegExp }[] = [
    { name: 'nobody', words: ['add', 'bms'], says: /Nobody is named to add/ },
    { name: 'an e-mail that is none', words: ['add', 'bms', 'amy@nowhere'], says: /"amy@nowhere" is not an e-mail/ },
    { name: 'two e-mails in one word', words: ['add', 'bms', 'a@b.c, d@e.f'], says: /is not an e-mail address/ },
    { name: 'an empty word', words: ['add', 'bms', ''], says: /"" is not an e-mail address/ },
    {
      name: 'somebody unknown, with the nearest',
      words: ['add', 'bms', 'amy.breakglas@northwind-dental.example'],
      says: /Nobody in BMS has the e-mail or log-in amy\.breakglas@[\s\S]*Did you mean amy\.breakglass@northwind-dental\.example/,
    },
    {
      name: 'somebody inactive',
      words: ['add', 'bms', demoFacts.people.inactive],
      says: /tom\.hargreaves@northwind-dental\.example is inactive in BMS, so an exception would let nobody in/,
    },
    {
      name: 'a role that does not exist, with the nearest',
      words: ['add', 'bms', '--role', 'Tecnician'],
      says: /role Tecnician does not exist in BMS[\s\S]*Did you mean Technician/,
    },
  ]

  it.each(wrong)('$name: refused before anything is written', async ({ words, says }) => {
    await requireInBms()
    const ran = await exceptions([...words, '--yes'])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(says)
    expect(await ground.writes('bms')).toEqual([])
  })

  it.each(wrong.slice(1))('$name: likewise where Require is turned on with --except', async ({ words, says }) => {
    const [, , ...named] = words
    const except = named[0] === '--role' ? named : ['--except', ...named]
    const ran = await ground.k1ctl([
      'require-log-in',
      'enable',
      'bms',
      '--except',
      own,
      '--except',
      keeper,
      ...except,
      '--yes',
    ])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(says)
    expect(await ground.writes('bms')).toEqual([])
  })

  it('is told as JSON, with the candidates', async () => {
    const ran = await exceptions(['add', 'bms', 'siobhan.obrien@northwind-dental.example', '--yes', '--json'])
    expect(JSON.parse(ran.stdout).error).toMatchObject({
      kind: 'usage',
      exitCode: 2,
      user: 'siobhan.obrien@northwind-dental.example',
      near: expect.arrayContaining(["siobhan.o'brien@northwind-dental.example"]),
    })
  })

  it('may be a log-in name', async () => {
    await requireInBms()
    expect((await exceptions(['add', 'bms', 'amy.breakglass', '--yes'])).code).toBe(0)
    expect(await excepted('bms')).toEqual([own, keeper, breakGlass])
  })
})
