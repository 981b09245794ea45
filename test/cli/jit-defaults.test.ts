import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld, tenantName } from './small-world.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first', 'ambiguousDepartments', 'neverConfigured'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const defaults = (words: string[], options = {}) => ground.k1ctl(['jit', 'defaults', ...words], options)
const ambiguous = tenantName('ambiguousDepartments')
const never = tenantName('neverConfigured')

describe('jit defaults show', () => {
  it('lists the seven of BMS, and the one of the others', async () => {
    const { stdout } = await defaults(['show', 'bms', '--json'])
    expect(JSON.parse(stdout).map((r: { default: string; name: string }) => [r.default, r.name])).toEqual([
      ['department', 'Service Desk'],
      ['location', 'Main Office'],
      ['manager', 'Amy Breakglass'],
      ['job-title', 'Technician'],
      ['employment-type', 'Full Time'],
      ['security-role', 'Employee'],
      ['employee-role', 'Engineer'],
    ])
    expect((await defaults(['show', 'graphus'])).stdout).toMatch(/role\s+not chosen/)
  })

  it('says what was never chosen', async () => {
    const { stdout } = await defaults(['show', 'bms', '--tenant', never, '--json'])
    const rows: { id: string | null; name: string | null }[] = JSON.parse(stdout)
    expect(rows).toHaveLength(7)
    expect(rows.every(r => r.id === null && r.name === null)).toBe(true)
  })
})

describe('jit defaults options', () => {
  it('lists what can be chosen, marks administrators, and leaves out what is inactive', async () => {
    const { stdout, stderr } = await defaults(['options', 'bms', '--json'])
    const rows: { default: string; name: string; administrator: boolean }[] = JSON.parse(stdout)
    expect(new Set(rows.map(r => r.default)).size).toBe(6)
    expect(rows.filter(r => r.administrator).map(r => r.name)).toEqual(['Administrator'])
    expect(rows.map(r => r.name)).not.toContain('Fax Operator')
    expect(stderr).toContain('No look-up is published for employment-type: give a number.')
  })

  it('of one default only', async () => {
    const { stdout } = await defaults(['options', 'dpp', 'role', '--output', 'csv'])
    expect(stdout.split('\r\n')).toEqual([
      'Default,Id,Name,Administrator',
      'role,administrator,Administrator,yes',
      'role,security-admin,Security Admin,yes',
      'role,business,Business,',
      'role,tech,Tech,',
      'role,sales-marketing,Sales & Marketing,',
      '',
    ])
  })

  it('refuses a default that the module does not have', async () => {
    const { code, stderr } = await defaults(['options', 'bms', 'role'])
    expect(code).toBe(2)
    expect(stderr).toContain('There is no default called role')
    expect(stderr).toContain('department, location, manager')
  })
})

describe('jit defaults set', () => {
  const wrong: { name: string; words: string[]; says: RegExp }[] = [
    { name: 'nothing named', words: ['bms'], says: /No default is named/ },
    {
      name: 'a name that does not exist, with the nearest',
      words: ['bms', '--department', 'Srevice Desk'],
      says: /Department Srevice Desk does not exist in BMS\.[\s\S]*Did you mean Service Desk\?/,
    },
    {
      name: 'a name that is like no other, with what there is',
      words: ['bms', '--location', 'Qqq'],
      says: /Location Qqq does not exist in BMS\.[\s\S]*There are: Main Office, Warehouse, Remote/,
    },
    {
      name: 'an inactive job title',
      words: ['bms', '--job-title', 'Fax Operator'],
      says: /Job Title Fax Operator does not exist in BMS/,
    },
    {
      name: 'a name that is ambiguous, with both ids',
      words: ['bms', '--tenant', ambiguous, '--department', 'service desk'],
      says: /2 choices for Department in BMS are called service desk\.[\s\S]*Name it by id: 2 or 7/,
    },
    {
      name: 'an employment type that is no number',
      words: ['bms', '--employment-type', 'Full Time'],
      says: /Employment Type in BMS takes a number: no look-up is published for it/,
    },
    {
      name: "another module's default",
      words: ['bms', '--role', 'Analyst'],
      says: /BMS has no default called --role\.[\s\S]*--department --location/,
    },
    {
      name: "BMS's default in Graphus",
      words: ['graphus', '--department', 'Service Desk'],
      says: /Graphus has no default called --department\.[\s\S]*--role/,
    },
  ]
  it.each(wrong)('$name: refused, and nothing is written', async ({ words, says }) => {
    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    await ground.control('bms', 'calls', { method: 'DELETE' })
    await ground.control('graphus', 'calls', { method: 'DELETE' })
    const ran = await defaults(['set', ...words, '--yes'])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(says)
    expect([...(await ground.writes('bms')), ...(await ground.writes('graphus'))]).toEqual([])
  })

  it('takes the id where the name is ambiguous, and tells the two apart', async () => {
    const words = ['set', 'bms', '--tenant', ambiguous, '--department', '7', '--yes', '--json']
    const ran = await defaults(words)
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout).results[0].differences).toEqual([
      { what: 'Default department', before: 'Service Desk (2)', after: 'Service Desk (7)' },
    ])
  })

  it('keeps the others when one is named', async () => {
    expect((await defaults(['set', 'bms', '--employment-type', '3', '--yes'])).code).toBe(0)
    const { stdout } = await defaults(['show', 'bms', '--json'])
    expect(JSON.parse(stdout).map((r: { name: string }) => r.name)).toEqual([
      'Service Desk',
      'Main Office',
      'Amy Breakglass',
      'Technician',
      'Contractor',
      'Employee',
      'Engineer',
    ])
  })

  it('passes on what BMS itself says no to, and does not call it done', async () => {
    const ran = await defaults(['set', 'bms', '--employment-type', '99', '--yes'])
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('Employment type does not exist')
    expect(ran.stdout).toContain('· failed')
    expect(await ground.writes('bms')).toEqual([])
  })

  it('creates the settings of a company that was never configured, with all seven in one call', async () => {
    const seven = ['--department', 'Finance', '--location', '1', '--job-title', '1', '--employment-type', '1']
    const { stdout } = await defaults(['options', 'bms', 'manager', '--tenant', never, '--json'])
    const manager = JSON.parse(stdout)[0].id
    const partial = await defaults(['set', 'bms', '--tenant', never, ...seven, '--yes'])
    expect(partial.code).toBe(1)
    expect(partial.stderr).toContain('BMS has no default yet for manager, security-role, employee-role')
    expect(partial.stderr).toContain('--department NAME --location NAME --manager NAME')
    expect(await ground.writes('bms')).toEqual([])

    const all = [...seven, '--manager', manager, '--security-role', 'Employee', '--employee-role', 'Engineer']
    expect((await defaults(['set', 'bms', '--tenant', never, ...all, '--yes'])).code).toBe(0)
    expect((await ground.writes('bms')).map(c => c.method)).toEqual(['POST'])
  })

  it('asks at a terminal for what was never chosen, and only for that', async () => {
    const asked: string[] = []
    const prompter = scriptedPrompter({
      async choose(message, choices) {
        asked.push(message)
        const choice = choices[0]
        if (!choice) throw new Error(`Nothing to choose: ${message}`)
        return choice.value
      },
      async input(message, options) {
        asked.push(message)
        expect(options?.validate?.('full time')).not.toBe(true)
        expect(options?.validate?.('')).not.toBe(true)
        return '1'
      },
      confirm: async () => true,
    })
    const words = ['set', 'bms', '--tenant', never, '--department', 'Finance']
    const ran = await defaults(words, { prompter })
    expect(ran.code).toBe(0)
    expect(asked).toEqual([
      'Default location',
      'Default manager',
      'Default job title',
      expect.stringMatching(/^Employment Type/),
      'Default security role',
      'Default employee role',
    ])
  })

  it('offers to keep each one when none is named, and keeping all changes nothing', async () => {
    const prompter = scriptedPrompter({
      async choose(_message, choices) {
        const keep = choices.find(c => c.name.endsWith('(keep)'))
        if (!keep) throw new Error('No way to keep it.')
        return keep.value
      },
      input: async () => '',
    })
    const ran = await defaults(['set', 'bms'], { prompter })
    expect(ran).toMatchObject({ code: 130, stderr: expect.stringContaining('nothing was changed') })
    expect(await ground.writes('bms')).toEqual([])
  })
})

describe('the undo of jit defaults', () => {
  it('says which default stays: no module has a way to choose none again', async () => {
    expect((await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])).code).toBe(0)
    const changed = await defaults(['set', 'graphus', '--role', 'Analyst', '--yes'])
    expect(changed.code, changed.stderr).toBe(0)
    const undone = await ground.k1ctl(['runs', 'undo', 'last', '--yes'])
    expect([undone.code, undone.stdout]).toEqual([0, expect.stringContaining('but the default role stays as chosen')])
    expect((await defaults(['show', 'graphus'])).stdout).toMatch(/role\s+Analyst/)
  })
})
