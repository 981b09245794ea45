import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { allWrites, forgetCalls, leaver, northwind, tenant } from '../cli/leavers.ts'
import { harmIn } from './fuzz.ts'

/** What was agreed to for later, in a file, and edited there before it is carried out: refused, and nothing is sent. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus'))
}, 60_000)
afterAll(() => ground.close())

const patience = { timeout: 240_000 }
/** Edits tried of each file, over all of its members. */
const most = 60

type Edit = [what: string, text: string]

/** The file with one member changed, added, doubled or taken out, wherever it is. */
function editsOf(good: string): Edit[] {
  const count = placesIn(JSON.parse(good)).length
  const all = Array.from({ length: count }, (_, at) => at).flatMap(at => {
    const ways: ((owner: object, name: string) => unknown)[] = [
      (owner, name) => Reflect.set(owner, name, otherThan(Reflect.get(owner, name))),
      (owner, name) => (Array.isArray(owner) ? owner.splice(Number(name), 1) : Reflect.deleteProperty(owner, name)),
      (owner, name) => (Array.isArray(owner) ? owner.push(...owner) : Reflect.set(owner, `${name}2`, true)),
    ]
    return ways.map((way, index): Edit => {
      const whole: object = JSON.parse(good)
      const [path = '', owner = whole, name = ''] = placesIn(whole)[at] ?? []
      way(owner, name)
      return [`${path} ${['changed', 'taken out', 'and one more'][index]}`, JSON.stringify(whole, null, 2)]
    })
  })
  const step = Math.max(1, Math.floor(all.length / most))
  return [
    ...all.filter((_, at) => at % step === 0),
    ['cut off', good.slice(0, -40)],
    ['nothing', ''],
    ['a list', `[${good}]`],
    ['a prototype', good.replace('{', '{"__proto__":{"delete":true},')],
    ['depth', good.replace('[', `[${'['.repeat(10_000)}${']'.repeat(10_000)},`)],
  ]
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return value === null ? 'x' : null
}

function placesIn(value: object, path = ''): [string, object, string][] {
  return Object.entries(value).flatMap(([name, member]): [string, object, string][] => [
    [`${path}/${name}`, value, name],
    ...(typeof member === 'object' && member !== null ? placesIn(member, `${path}/${name}`) : []),
  ])
}

describe('a plan of posture apply', () => {
  it('edited in its file, wherever, is refused', patience, async () => {
    await ground.reset()
    const [posture, plan] = [join(ground.home, 'posture.yaml'), join(ground.home, 'plan.json')]
    writeFileSync(posture, 'defaults:\n  graphus: { log-in: on, deprovisioning: off }\n  bms: { deprovisioning: on }\n')
    const saved = await ground.k1ctl(['posture', 'apply', '-f', posture, '--all-tenants', '--save-plan', plan])
    expect(saved.code, saved.stderr).toBe(0)
    await forgetCalls(ground)
    const edits = editsOf(readFileSync(plan, 'utf8'))
    expect(edits.length).toBeGreaterThan(50)
    for (const [what, text] of edits) {
      writeFileSync(plan, text)
      const ran = await ground.k1ctl(['posture', 'apply', '--plan', plan, '--yes'])
      expect([what, ran.code, harmIn(ran.stderr)], ran.stderr).toEqual([what, 2, null])
      expect(ran.stderr).not.toMatch(/Unexpected failure|call stack|undefined/)
    }
    expect(await allWrites(ground)).toEqual([])
    expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout).toBe('[]\n')
  })
})

describe('a change of Require Log In that waits for an approval', () => {
  it('edited in its file, wherever, is not approved, not done and not let go', patience, async () => {
    await ground.reset()
    await ground.k1ctl(['tenant', 'approval', tenant, '--for', 'require-log-in'])
    const words = [
      'require-log-in',
      'enable',
      'datto-partner-portal',
      '--except',
      'amy.breakglass@northwind-dental.example',
    ]
    const asked = await ground.k1ctl([...words, '--tenant', tenant, '--yes'])
    expect(asked.code, asked.stderr).toBe(3)
    await forgetCalls(ground)
    const file = datedFile()
    const good = readFileSync(file, 'utf8')
    const edits = editsOf(good)
    expect(edits.length).toBeGreaterThan(50)
    for (const [what, text] of edits) {
      writeFileSync(file, text)
      for (const call of [
        ['approve', 'last', '--yes'],
        ['schedule', 'show', 'last'],
        ['worker', '--once'],
      ]) {
        const ran = await ground.k1ctl(call, { operator: 'ben@two' })
        expect([what, call, ran.code], ran.stderr).toEqual([what, call, call[0] === 'worker' ? 3 : 1])
        expect(ran.stderr).toMatch(/is not as k1ctl wrote it/)
        expect(ran.stderr + ran.stdout).not.toMatch(/Unexpected failure|call stack/)
      }
      expect(readFileSync(file, 'utf8'), what).toBe(text)
    }
    expect(await allWrites(ground)).toEqual([])
    writeFileSync(file, good)
    expect((await ground.k1ctl(['approve', 'last', '--yes'], { operator: 'ben@two' })).code).toBe(0)
    expect((await allWrites(ground)).length).toBeGreaterThan(0)
  })
})

const datedFile = () => {
  const folder = join(ground.home, 'state', 'dated')
  return join(folder, readdirSync(folder)[0] ?? '')
}

describe('an offboarding with a date', () => {
  it('edited in its file, wherever, is not done at its time, not approved and not let go', patience, async () => {
    await ground.reset()
    const made = await ground.k1ctl(['offboard', leaver(3), '--at', '2030-12-06 17:00', '--zone', 'UTC', '--yes'])
    expect(made.code, made.stderr).toBe(0)
    const file = datedFile()
    const good = readFileSync(file, 'utf8')
    await forgetCalls(ground)
    const due = { now: new Date('2030-12-06T17:01:00Z') }
    const edits = editsOf(good)
    expect(edits.length).toBeGreaterThan(50)
    for (const [what, text] of edits) {
      writeFileSync(file, text)
      const ran = await ground.k1ctl(['worker', '--once'], due)
      expect([what, ran.stderr, harmIn(ran.stderr)]).toEqual([
        what,
        expect.stringMatching(/is not as k1ctl wrote it/),
        null,
      ])
      for (const words of [
        ['schedule', 'show', 'last'],
        ['schedule', 'go', 'last'],
        ['approve', 'last', '--yes'],
      ]) {
        const other = await ground.k1ctl(words, { ...due, operator: 'ben@two' })
        expect([what, words, other.code], other.stderr).toEqual([what, words, 1])
        expect(other.stderr + other.stdout).not.toMatch(/Unexpected failure|call stack/)
      }
      expect(readFileSync(file, 'utf8'), what).toBe(text)
    }
    expect(await allWrites(ground)).toEqual([])
    writeFileSync(file, good)
    expect((await ground.k1ctl(['worker', '--once'], due)).stdout).toContain(leaver(3))
    expect((await allWrites(ground)).length).toBeGreaterThan(0)
  })
})
