import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { smallWorld } from './small-world.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const groups = (words: string[]) => ground.k1ctl(['access-groups', ...words])

async function mappedIn(): Promise<Record<string, string[]>> {
  const { stdout } = await groups(['list', 'bms', '--json'])
  const rows: { group: string; roles: { name: string }[] }[] = JSON.parse(stdout)
  return Object.fromEntries(rows.filter(r => r.roles.length > 0).map(r => [r.group, r.roles.map(role => role.name)]))
}

it('lists the groups of KaseyaOne, mapped or not', async () => {
  const { code, stdout, stderr } = await groups(['list', 'bms'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/Technicians\s+not mapped\s+g-technicians/)
  expect(stderr).toContain('Access Groups is off.')
})

it('maps a group to exactly these roles, maps it anew, and ends it; each once', async () => {
  const map = ['map', 'bms', 'technicians', '--role', 'Technician', '--role', '8', '--yes']
  expect(await groups(map)).toMatchObject({ code: 0, stdout: expect.stringContaining('changed') })
  expect(await groups(map)).toMatchObject({ code: 0, stdout: expect.stringContaining('already') })
  expect(await mappedIn()).toEqual({ Technicians: ['Technician', 'Employee'] })

  const anew = await groups(['map', 'bms', 'g-technicians', '--role', 'Manager', '--yes', '--json'])
  expect(JSON.parse(anew.stdout).results[0]).toMatchObject({
    end: 'changed',
    differences: [{ what: 'Group Technicians', before: 'Employee, Technician', after: 'Manager' }],
    reading: { mappings: [{ group: { name: 'Technicians' }, roles: [{ name: 'Manager' }] }] },
  })
  expect(await mappedIn()).toEqual({ Technicians: ['Manager'] })

  const unmap = ['unmap', 'bms', 'Technicians', '--yes']
  expect(await groups(unmap)).toMatchObject({ code: 0, stdout: expect.stringContaining('changed') })
  expect(await groups(unmap)).toMatchObject({ code: 0, stdout: expect.stringContaining('already') })
  expect((await ground.writes('bms')).map(c => c.method)).toEqual(['POST', 'PUT', 'DELETE'])
})

it('is turned on with a warning while nothing is mapped', async () => {
  const ran = await groups(['enable', 'bms', '--yes'])
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('No KaseyaOne group is mapped yet') })
  expect((await groups(['list', 'bms'])).stderr).toContain('Access Groups is on.')
  await groups(['map', 'bms', 'Finance', '--role', 'Finance', '--yes'])
  expect((await groups(['disable', 'bms', '--yes'])).code).toBe(0)
  expect(await mappedIn()).toEqual({ Finance: ['Finance'] })
})

it.each([
  { words: ['map', 'bms', 'Finance'], code: 2, says: 'No role is named.' },
  { words: ['map', 'bms', 'Fnance', '--role', 'Finance'], code: 2, says: 'Did you mean Finance?' },
  { words: ['map', 'bms', 'Finance', '--role', 'Finanse'], code: 2, says: 'Did you mean Finance?' },
  { words: ['unmap', 'bms', 'Nobody'], code: 2, says: 'KaseyaOne group Nobody does not exist in BMS.' },
  { words: ['list', 'graphus'], code: 1, says: "Graphus has no Access Groups (not in Graphus's help pages)." },
  { words: ['enable', 'dpp'], code: 1, says: 'Datto Partner Portal has no Access Groups' },
])('refuses $words', async ({ words, code, says }) => {
  const ran = await groups(words[0] === 'list' ? words : [...words, '--yes'])
  expect(ran.code).toBe(code)
  expect(ran.stderr).toContain(says)
  expect(await ground.writes('bms')).toEqual([])
})
