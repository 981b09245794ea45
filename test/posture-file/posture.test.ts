import { describe, expect, it } from 'vitest'
import { isK1Error } from '../../src/core/errors.ts'
import type { Rule } from '../../src/posture/rule.ts'
import { type Posture, readPosture } from '../../src/posture-file/posture.ts'
import { findNearest } from '../../src/store/nearest.ts'
import { systems } from '../../src/systems/index.ts'

const modules = systems.map(s => s.about).filter(about => about.isModule)
const tenants = ['Northwind Dental', 'Cedar Law', 'Harbor Clinic']

const read = (...texts: string[]): Promise<Posture> =>
  readPosture(
    texts.map((text, i) => ({ file: `${i + 1}.yaml`, text })),
    { modules, tenants, nearest: async (word, names) => findNearest(word, names) },
  )

async function refusal(text: string): Promise<{ sentence: string; hint: string; line: unknown }> {
  try {
    await read(text)
  } catch (error) {
    if (isK1Error(error) && error.kind === 'usage') {
      return { sentence: error.message, hint: error.hint ?? '', line: error.facts.line }
    }
    throw error
  }
  throw new Error('it was taken')
}

const said = (rules: readonly Rule[] = []) =>
  Object.fromEntries(
    rules.map(rule => [
      rule.id,
      rule.kind === 'state' ? rule.on : rule.kind === 'default' ? rule.word : [...rule.words],
    ]),
  )
const of = (posture: Posture, tenant: string, system: string) =>
  posture.of(tenant).find(module => module.system === system)

describe('a posture file', () => {
  it('lays tenants over groups over defaults, rule by rule, each with its line', async () => {
    const posture = await read(`# The whole MSP
defaults:
  bms: { log-in: on, deprovisioning: off }
  datto-partner-portal:
    require-log-in: { state: on, except: [a@x.example] }
groups:
  gold:
    tenants: [cedar law]
    bms:
      deprovisioning: on
      user-creation:
        state: on
        defaults: { department: 007, employment-type: 1 }
tenants:
  Cedar Law:
    datto-partner-portal:
      require-log-in: { except: [b@x.example] }
  Harbor Clinic:
    bms: leave
    datto-partner-portal: { require-log-in: leave, log-in: on }
    graphus: unlicensed
`)
    expect(said(of(posture, 'Northwind Dental', 'bms')?.rules)).toEqual({ 'log-in': true, deprovisioning: false })
    const cedar = of(posture, 'Cedar Law', 'bms')?.rules
    expect(said(cedar)).toEqual({
      'log-in': true,
      deprovisioning: true,
      'user-creation': true,
      'user-creation/defaults/department': '007',
      'user-creation/defaults/employment-type': '1',
    })
    expect(cedar?.find(rule => rule.id === 'deprovisioning')?.at).toEqual({ file: '1.yaml', line: 10 })
    expect(said(of(posture, 'Cedar Law', 'datto-partner-portal')?.rules)).toEqual({
      'require-log-in': true,
      'require-log-in/except': ['b@x.example'],
    })
    expect(of(posture, 'Harbor Clinic', 'bms')).toBeUndefined()
    expect(said(of(posture, 'Harbor Clinic', 'datto-partner-portal')?.rules)).toEqual({ 'log-in': true })
    expect(of(posture, 'Harbor Clinic', 'graphus')?.unlicensed).toEqual({ file: '1.yaml', line: 21 })
  })

  it('of several lies over the earlier ones, layer by layer', async () => {
    const posture = await read(
      'tenants:\n  Cedar Law: { bms: { log-in: off } }\ndefaults:\n  bms: { deprovisioning: on }\n',
      'defaults:\n  bms: { log-in: on, deprovisioning: { state: leave } }\n',
    )
    expect(said(of(posture, 'Cedar Law', 'bms')?.rules)).toEqual({ 'log-in': false })
    expect(said(of(posture, 'Harbor Clinic', 'bms')?.rules)).toEqual({ 'log-in': true })
  })

  it.each([
    ['defaults:\n  bsm: { log-in: on }', 2, '"bsm" is not known in defaults.', 'bms'],
    ['defaults:\n  bms:\n    log-in: on\n    requirelogin: on', 4, '"requirelogin" is not known', 'require-log-in'],
    ['defaults:\n  bms:\n    log-in: on\n    except: [a]', 4, '"except" is misplaced in bms.', 'require-log-in'],
    ['defaults:\n  log-in: on', 2, '"log-in" is misplaced in defaults.', 'a module'],
    ['bms:\n  log-in: on', 1, '"bms" is misplaced', 'defaults, a group or a tenant'],
    ['defaults:\n  graphus:\n    require-log-in: on', 3, 'Graphus has no Require Log In with KaseyaOne', ''],
    [
      'defaults:\n  bms:\n    user-creation: { defaults: { departmnt: x } }',
      3,
      '"departmnt" is not known',
      'department',
    ],
    ['tenants:\n  Cedar Lwa: {}', 2, 'There is no tenant called Cedar Lwa.', 'Cedar Law'],
    ['tenants:\n  Cedar Law: {}\n  cedar law: {}', 3, 'Cedar Law stands here twice, first in line 2.', ''],
    ['tenants:\n  Cedar Law: {}\n  Cedar Law: {}', 3, '"Cedar Law" stands here twice, first in line 2.', ''],
    ['defaults:\n  bms:\n    log-in: maybe', 3, 'takes on, off, leave', ''],
    ['defaults:\n  bms:\n    log-in: [on]', 3, 'takes on, off, leave', ''],
    ['defaults:\n  bms:\n    require-log-in:\n      except: amy', 4, 'a list is expected here', ''],
    ['defaults:\n  bms: 7', 2, 'takes leave, unlicensed, or a map', ''],
    ['- a\n- b', 1, 'a map (key: value) is expected', ''],
    ['just words', 1, 'a map (key: value) is expected', ''],
    ['defaults:\n  bms:\n\tlog-in: on', 3, 'Tabs are not allowed', ''],
    ['defaults: &a\n  bms: { log-in: on }', 2, 'Anchors and aliases', ''],
    ['defaults:\n  bms: { log-in: on }\ntenants: *a', 3, 'Anchors and aliases', ''],
    ['defaults:\n  bms: !!js/function { log-in: on }', 2, 'tag', ''],
    ['defaults:\n  __proto__: { log-in: on }', 2, '"__proto__" is no name', ''],
    ['defaults:\n  constructor: { log-in: on }', 2, '"constructor" is not known', ''],
    ['defaults:\n  bms: { hasOwnProperty: on }', 2, '"hasOwnProperty" is not known', ''],
    ['defaults:\n  ? [a, b]\n  : c', 2, 'A key has to be a word', ''],
    ['defaults: {}\n---\ndefaults: {}', 2, 'A second document', ''],
    ['defaults: {}\ntenants: {', 2, '', ''],
    ['defaults:\n  bms: { log-in: "o\\u202en" }', 2, 'nobody would see', ''],
    [
      'tenants:\n  Cedar Law:\n    bms:\n      accepted: [{ deviation: log-in, found: off, reason: x, by: y, since: soon }]',
      4,
      'since',
      '',
    ],
    ['defaults:\n  bms:\n    accepted: []', 3, '"accepted" is misplaced in bms.', 'a module of a tenant'],
  ])('is refused with the line: %j', async (text, line, sentence, hint) => {
    const refused = await refusal(text)
    expect(refused).toEqual({
      line,
      sentence: expect.stringContaining(sentence),
      hint: expect.stringContaining(hint),
    })
    expect(refused.sentence).toContain(`1.yaml:${line}: `)
  })

  it('that explodes, or has 50 MB, or a million levels, ends at once', async () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`).join('\n')
    const started = performance.now()
    expect((await refusal(`a0: &a0 x\n${laughs}`)).line).toBe(1)
    expect((await refusal(`defaults:\n${'  # x\n'.repeat(9_000_000)}`)).sentence).toContain('8 MiB')
    for (const deep of ['[', '{a: ', '- ', '? ']) {
      expect((await refusal(`defaults:\n  ${deep.repeat(500_000)}`)).sentence).toContain('nested')
    }
    const stairs = Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
    expect((await refusal(stairs)).sentence).toContain('nested')
    const flat = Array.from({ length: 100_000 }, (_, i) => `  t${i}: {}`).join('\n')
    expect((await refusal(`tenants:\n${flat}`)).line).toBe(2)
    expect(performance.now() - started).toBeLessThan(30_000)
  }, 60_000)
})
