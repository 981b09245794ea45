import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { isK1Error } from '../../src/core/errors.ts'
import { withAcceptance } from '../../src/posture-file/accept.ts'
import { readPosture } from '../../src/posture-file/posture.ts'
import { findNearest } from '../../src/store/nearest.ts'
import { systems } from '../../src/systems/index.ts'
import { fuzz, fuzzTimeoutMs, harmIn, hostileText } from './fuzz.ts'

/** Whatever a posture file holds: it is read, or refused in one printable sentence with the line. */

const modules = systems.map(s => s.about).filter(about => about.isModule)
const known = {
  modules,
  tenants: ['Cedar Law', 'Harbor Clinic'],
  nearest: async (word: string, names: readonly string[]) => findNearest(word, names),
}

const keys = [
  ...['defaults', 'groups', 'tenants', 'bms', 'graphus', 'datto-partner-portal', 'Cedar Law', 'cedar law', 'gold'],
  ...['log-in', 'require-log-in', 'user-creation', 'access-groups', 'deprovisioning', 'accepted', 'state', 'except'],
  ...['department', 'role', 'Service Desk', '__proto__', 'constructor', 'toString', '<<', '', '? ', '&a', '*a', '!!js'],
]
const words = [
  'on',
  'off',
  'leave',
  'unlicensed',
  'true',
  'null',
  '~',
  '1e999',
  '.nan',
  '0x1F',
  '2026-02-30',
  '*a',
  '&a x',
]
const scalar = fc.oneof(fc.constantFrom(...words), fc.boolean(), fc.integer(), fc.constant(null), hostileText)
const { node } = fc.letrec<{ node: unknown }>(tie => ({
  node: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...keys), hostileText), tie('node'), { maxKeys: 4 }),
  ),
}))
/** YAML that is well formed, and then cut, doubled, shifted and soiled. */
const text = fc
  .tuple(
    node,
    fc.array(
      fc.tuple(
        fc.nat(400),
        fc.oneof(hostileText, fc.constantFrom('\t', '\n', '  ', '- ', ': ', '{', '[', '"', '#', '|\n')),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([value, soil]) => soil.reduce((all, [at, dirt]) => all.slice(0, at) + dirt + all.slice(at), stringify(value)))

it(
  'a file is taken, or refused with file and line in one harmless sentence',
  async () => {
    let taken = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(text, async source => {
        try {
          const posture = await readPosture([{ file: 'p.yaml', text: source }], known)
          for (const tenant of known.tenants) for (const { rules } of posture.of(tenant)) expect(rules).toBeDefined()
          taken += 1
        } catch (error) {
          refused += 1
          if (!isK1Error(error)) throw error
          expect(error.kind).toBe('usage')
          expect(error.message).toMatch(/^p\.yaml:\d+: /)
          expect(error.facts.line).toBeGreaterThan(0)
          expect(harmIn(`${error.message} ${error.hint ?? ''}`)).toBe(null)
        }
        expect(({} as Record<string, unknown>).state).toBe(undefined)
      }),
      fuzz(),
    )
    expect(refused).toBeGreaterThan(0)
    expect(taken).toBeGreaterThan(0)
  },
  fuzzTimeoutMs,
)

const rules = fc.record({
  'log-in': fc.constantFrom('on', 'off'),
  deprovisioning: fc.constantFrom('on', 'off'),
})
const layers = fc.record(
  {
    defaults: fc.record({ bms: rules }, { requiredKeys: [] }),
    tenants: fc.dictionary(
      fc.constantFrom('Cedar Law', 'Harbor Clinic'),
      fc.record({ bms: rules }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
)

it(
  'an acceptance written into any file leaves every rule and every comment where it was',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        layers,
        fc.constantFrom(2, 4),
        fc.nat(5),
        fc.constantFrom('block' as const, 'flow' as const, 'any' as const),
        async (value, indent, at, collectionStyle) => {
          const lines = stringify(value, null, { indent, collectionStyle }).split('\n')
          // Within braces, a line at the left edge would end them.
          const place = lines.some(line => line.includes('{')) ? 0 : Math.min(at, lines.length - 1)
          lines.splice(place, 0, '# a remark')
          const before = lines.join('\n')
          const entry = { deviation: 'log-in', found: 'off', reason: 'x: #y', by: 'me@here', since: '2026-11-29' }
          const once = withAcceptance(before, { tenant: 'Cedar Law', system: 'bms' }, entry)
          const twice = withAcceptance(
            once,
            { tenant: 'Cedar Law', system: 'bms' },
            { ...entry, deviation: 'deprovisioning' },
          )
          const again = withAcceptance(twice, { tenant: 'Cedar Law', system: 'bms' }, { ...entry, found: 'on' })
          const read = async (source: string) =>
            (await readPosture([{ file: 'p', text: source }], known)).of('Cedar Law')
          const was = (await read(before)).map(one =>
            one.rules.map(rule => [rule.id, rule.kind === 'state' && rule.on]),
          )
          for (const after of [once, twice, again]) {
            expect(
              (await read(after)).map(one => one.rules.map(rule => [rule.id, rule.kind === 'state' && rule.on])),
            ).toEqual(was)
            expect(after).toContain('# a remark')
          }
          if (was.length > 0) {
            const [{ accepted = [] } = {}] = await read(again)
            expect(accepted.map(one => [one.rule, one.found])).toEqual([
              ['log-in', 'on'],
              ['deprovisioning', 'off'],
            ])
          }
        },
      ),
      fuzz(),
    )
  },
  fuzzTimeoutMs,
)
