import { describe, expect, it } from 'vitest'
import { systems } from '../../src/systems/index.ts'
import { runIn } from './harness.ts'

const k1ctl = (...words: string[]) => runIn('/nowhere/k1ctl', words)
const withContract = systems.filter(s => s.contract).map(s => s.about.id)

describe('systems', () => {
  it('says how each feature is reached, without a configuration', async () => {
    const { code, stdout } = await k1ctl('systems')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^bms +api +by-hand +api +api +api +api +-$/m)
    expect(stdout).toMatch(/^graphus +contract +contract +- +contract +contract +- +2$/m)
    expect(stdout).toMatch(/^autotask +by-hand/m)
  })

  it('never calls a contract the API of a vendor', async () => {
    for (const system of JSON.parse((await k1ctl('systems', '--json')).stdout)) {
      if (withContract.includes(system.system)) expect(Object.values(system.features)).not.toContain('api')
    }
  })

  it('lists every system, with its aliases, as JSON', async () => {
    const list = JSON.parse((await k1ctl('systems', '--json')).stdout)
    for (const { about } of systems) {
      expect(list).toContainEqual(expect.objectContaining({ system: about.id, aliases: about.aliases }))
    }
  })
})

describe('systems contract', () => {
  it('is there for the systems that publish no API', () => {
    expect(withContract).toEqual(expect.arrayContaining(['graphus', 'datto-partner-portal', 'kaseyaone']))
  })

  it.each(withContract)('%s prints OpenAPI 3.1 on stdout, and nothing else', async id => {
    const { code, stdout, stderr } = await k1ctl('systems', 'contract', id)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const document = JSON.parse(stdout)
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const paths: Record<string, Record<string, { responses?: object }>> = { ...document.paths, ...document.webhooks }
    const operations = Object.values(paths).flatMap(path =>
      Object.entries(path).filter(([method]) => /^(get|post|put|patch|delete)$/.test(method)),
    )
    expect(operations.length).toBeGreaterThan(id === 'webhook' ? 3 : 8)
    for (const [, operation] of operations) expect(Object.keys(operation.responses ?? {})).not.toEqual([])
    const refs = [...stdout.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path)
    for (const path of refs) {
      const found = path.split('/').reduce<unknown>((at, key) => Object(at)[key], document)
      expect({ path, found: found !== undefined }).toEqual({ path, found: true })
    }
    // No address of a vendor is given out as one.
    expect(JSON.stringify(document.servers ?? [])).not.toMatch(/kaseya\.com|graphus\.ai|datto\.com/)
  })

  it.each([
    ['of BMS, which has an API', ['contract', 'bms'], 'needs no contract of ours', 'graphus'],
    ['of nothing', ['contract'], 'The contract of which system?', 'graphus'],
    ['of an unknown system', ['contract', 'grafus'], 'There is no system called grafus.', 'graphus'],
    ['by another word', ['frob'], 'There is no k1ctl systems frob.', 'k1ctl systems contract SYSTEM'],
  ])('%s exits 2', async (_, words, sentence, hint) => {
    const { code, stdout, stderr } = await k1ctl('systems', ...words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(sentence)
    expect(stderr.split('hint:')[1]).toContain(hint)
  })
})
