import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { dattoPartnerPortal } from '../../src/systems/datto-partner-portal/index.ts'
import { graphus } from '../../src/systems/graphus/index.ts'
import { kaseyaOne } from '../../src/systems/kaseyaone/index.ts'
import { at, type Json, membersOf, objectsOf } from '../contract/json-document.ts'

async function contractOf(system: typeof graphus): Promise<Json> {
  return JSON.parse(JSON.stringify(await system.contract?.()))
}

function validator(document: Json) {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  ajv.addSchema(typeof document === 'object' && document !== null ? { $id: 'urn:k1ctl:contract', ...document } : {})
  return (schemaAt: string, value: unknown) => {
    const check = ajv.compile({ $ref: `urn:k1ctl:contract#${schemaAt.slice(1)}` })
    return check(value) ? [] : (check.errors ?? [])
  }
}

describe.each([graphus, dattoPartnerPortal, kaseyaOne])('the published contract of $about.title', system => {
  it('says whose it is', async () => {
    const title = at(await contractOf(system), '/info/title')
    expect(title).toContain('published by k1ctl (not an API of Kaseya)')
    expect(title).toContain(system.about.title)
    expect(at(await contractOf(system), '/openapi')).toBe('3.1.0')
  })

  it('has only references that resolve', async () => {
    const document = await contractOf(system)
    const refs = [...objectsOf(document)].flatMap(({ here }) => {
      const reference = here.$ref
      return typeof reference === 'string' ? [reference] : []
    })
    expect(refs.length).toBeGreaterThan(20)
    expect(refs.filter(reference => at(document, reference.slice(1)) === undefined)).toEqual([])
  })

  it('has valid schemas, all of them used', async () => {
    const document = await contractOf(system)
    const schemas = at(document, '/components/schemas')
    const text = JSON.stringify(document)
    const ajv = new Ajv2020({ strict: false })
    for (const [name, schema] of Object.entries(schemas ?? {})) {
      expect(ajv.validateSchema(schema), name).toBe(true)
      expect(text.includes(`"#/components/schemas/${name}"`), name).toBe(true)
    }
    const compile = validator(document)
    for (const name of Object.keys(schemas ?? {})) compile(`#/components/schemas/${name}`, null)
  })

  it('has examples that satisfy their schemas', async () => {
    const document = await contractOf(system)
    const check = validator(document)
    let checked = 0
    for (const { where, here } of objectsOf(document)) {
      if (here.schema === undefined) continue
      const examples = Object.values(here.examples ?? {}).map(example => at(example, '/value'))
      if (here.example !== undefined) examples.push(here.example)
      for (const example of examples) {
        expect(check(`${where}/schema`, example), where).toEqual([])
        checked++
      }
    }
    expect(checked).toBeGreaterThan(25)
  })

  it('declares each path parameter, and names each operation once', async () => {
    const document = await contractOf(system)
    const names: unknown[] = []
    for (const [path, item] of membersOf(at(document, '/paths'))) {
      const declared = Object.values(at(item, '/parameters') ?? []).map(parameter => {
        const reference = at(parameter, '/$ref')
        return at(typeof reference === 'string' ? (at(document, reference.slice(1)) ?? null) : parameter, '/name')
      })
      expect(declared, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]))
      for (const [method, operation] of membersOf(item)) {
        if (method === 'parameters') continue
        names.push(at(operation, '/operationId'))
        expect(
          Object.keys(at(operation, '/responses') ?? {}).some(status => status.startsWith('2')),
          path,
        ).toBe(true)
      }
    }
    expect(new Set(names).size).toBe(names.length)
  })

  it('names no host', async () => {
    const urls = JSON.stringify(await contractOf(system)).match(/https?:\/\/[^"/ ]+/g) ?? []
    expect(new Set(urls)).toEqual(new Set(['https://json-schema.org']))
  })
})

describe('what each module has', () => {
  it('leaves out what it does not have', async () => {
    const settings = async (system: typeof graphus) =>
      Object.keys(at(await contractOf(system), '/components/schemas/Settings/properties') ?? {})
    expect(await settings(graphus)).toEqual([
      'organization',
      'isLogInWithKaseyaOneEnabled',
      'isAutomaticUserProvisioningEnabled',
      'isAutomaticUserDeprovisioningEnabled',
      'defaultRole',
    ])
    expect(await settings(dattoPartnerPortal)).toContain('isRequireLogInWithKaseyaOneEnabled')
    expect(await settings(dattoPartnerPortal)).toContain('alwaysExempt')
    expect(await settings(kaseyaOne)).toEqual([])
    expect(Object.keys(at(await contractOf(kaseyaOne), '/paths') ?? {}).join()).not.toContain('unified-login')
  })

  it('refuses, by schema, a feature that Graphus does not have, and an unknown member of a patch', async () => {
    const document = await contractOf(graphus)
    const check = validator(document)
    const settings = at(
      document,
      '/paths/~1tenants~1{tenantId}~1unified-login/get/responses/200/content/application~1json/example',
    )
    expect(check('#/components/schemas/Settings', settings)).toEqual([])
    expect(
      check('#/components/schemas/Settings', Object.assign({}, settings, { isAccessGroupsEnabled: false })),
    ).not.toEqual([])
    expect(check('#/components/schemas/SettingsPatch', { isLogInWithKaseyaOneEnabled: true })).toEqual([])
    expect(check('#/components/schemas/SettingsPatch', { isRequireLogInWithKaseyaOneEnabled: true })).not.toEqual([])
    expect(
      check('#/components/schemas/Problem', { title: 'x', status: 409, code: 'forbidden', missing: [] }),
    ).not.toEqual([])
    expect(check('#/components/schemas/Problem', { title: 'x', status: 409, code: 'prerequisite' })).not.toEqual([])
  })
})
