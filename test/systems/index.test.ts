import { describe, expect, it } from 'vitest'
import { featureKeys } from '../../src/core/features.ts'
import { findSystem, nearestSystems, systems } from '../../src/systems/index.ts'
import { otherModules } from '../../src/systems/other-modules.ts'

describe('finding a system', () => {
  it.each([
    ['graphus', 'graphus'],
    ['GRAPHUS', 'graphus'],
    [' bms ', 'bms'],
    ['Vorex', 'bms'],
    ['dpp', 'datto-partner-portal'],
    ['partner-portal', 'datto-partner-portal'],
    ['datto', 'datto-partner-portal'],
    ['Datto Partner Portal', 'datto-partner-portal'],
    ['datto_partner_portal', 'datto-partner-portal'],
    ['k1', 'kaseyaone'],
    ['kaseya-one', 'kaseyaone'],
  ])('%j is %s', (word, id) => {
    expect(findSystem(word)?.about.id).toBe(id)
  })

  it.each(['', 'graph', 'xyz', 'constructor', 'bms2'])('%j is none', word => {
    expect(findSystem(word)).toBeUndefined()
  })

  it.each([
    ['graphsu', ['graphus']],
    ['graph', ['graphus']],
    ['bsm', []],
    ['kaseyone', ['kaseyaone']],
    ['dato-partner-portal', ['datto-partner-portal']],
    ['something-else', []],
    ['', []],
  ])('near %j is %j', (word, ids) => {
    expect(nearestSystems(word)).toEqual(ids)
  })
})

describe('what is known without credentials', () => {
  it('names each system and alias once', () => {
    const names = systems.flatMap(({ about }) => [about.id, ...about.aliases])
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(systems.map(({ about }) => about))('is complete for $title', about => {
    expect(about.features.map(feature => feature.feature)).toEqual(about.isModule ? [...featureKeys] : [])
    for (const feature of about.features) {
      const steps = feature.steps.join('\n')
      if (feature.supported)
        expect([feature.feature, steps]).toEqual([feature.feature, expect.stringContaining('{state}')])
      else expect(feature.note).toMatch(/./)
    }
    for (const field of about.settings.filter(setting => setting.secret)) expect(field.example).toBeUndefined()
  })

  it.each(systems.filter(({ about }) => about.contract))(
    'never suggests a URL for $about.title',
    ({ about, contract }) => {
      const url = about.settings.find(setting => setting.key === 'url')
      expect(url).toMatchObject({ required: true, secret: false })
      expect([url?.defaultValue, url?.suggestions]).toEqual([undefined, undefined])
      expect(new URL(url?.example ?? '').hostname).toMatch(/\.example$/)
      expect(contract).toBeTypeOf('function')
    },
  )
})

describe('the other modules', () => {
  it('are not ones that k1ctl reaches, each once', () => {
    const ids = otherModules.map(module => module.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter(id => findSystem(id))).toEqual([])
  })

  it('all have log-in, and exceptions only where they can require it', () => {
    for (const { id, seen, exceptions } of otherModules) {
      expect(seen['log-in'], id).toBeDefined()
      if (exceptions !== undefined) expect(seen['require-log-in'], id).toBeDefined()
    }
  })
})
