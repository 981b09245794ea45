import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { featureKeys } from '../../src/core/features.ts'
import { bms } from '../../src/systems/bms/index.ts'

const { about } = bms

it('is described without credentials, and without loading the client', () => {
  const folder = join(import.meta.dirname, '../../src/systems/bms')
  const imports = ['about.ts', 'index.ts'].flatMap(name =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/^import (?!type).* from '(.*)'/gm)].map(match => match[1]),
  )
  // Checks of a setting, as it is typed, and rights as data are the core's, and load nothing.
  const light = [
    '../../core/needed-right.ts',
    '../../core/once.ts',
    '../../core/setting-checks.ts',
    './about.ts',
    './needed-rights.ts',
  ]
  expect(imports.toSorted()).toEqual(light)
})

it('says of every feature how it is reached, with steps for a person', () => {
  expect(about.features.map(feature => feature.feature)).toEqual(featureKeys)
  for (const feature of about.features) {
    expect(feature).toMatchObject({ supported: true, read: 'api' })
    expect(feature.write).toBe(feature.feature === 'log-in' ? 'by-hand' : 'api')
    expect(feature.steps.join(' ')).toMatch(/Admin > My Company > Auth & Provision > KaseyaOne Settings.*\{state\}/)
  }
})

it('offers the regional hosts, and keeps the secrets apart', () => {
  const url = about.settings.find(field => field.key === 'url')
  expect(url?.defaultValue).toBeUndefined()
  expect(url?.suggestions?.map(suggestion => suggestion.value)).toEqual([
    'https://api.bms.kaseya.com',
    'https://api.bmsemea.kaseya.com',
    'https://api.bmsapac.kaseya.com',
  ])
  expect(about.settings.filter(field => field.secret).map(field => field.key)).toEqual(['password', 'mfaCode'])
  expect(bms.contract).toBeUndefined()
})
