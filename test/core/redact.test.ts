import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonText } from '../../src/core/json.ts'
import { forgetSecrets, redact, rememberSecret } from '../../src/core/redact.ts'

describe('redact', () => {
  it('hides each secret in any of its shapes, the longest whole, and overlapping ones as one', () => {
    for (const secret of ['Q7!xk9#Lm2', 'Q7!xk9#Lm2-more+of/it', 'Lm2-tail-0042x', 'Zz9"quoted\\one']) {
      expect(rememberSecret(secret)).toBe(true)
    }
    expect(redact('a Q7!xk9#Lm2 b')).toBe('a [secret] b')
    expect(redact('a Q7!xk9#Lm2-more+of/it b')).toBe('a [secret] b')
    expect(redact('a Q7!xk9#Lm2-tail-0042x b')).toBe('a [secret] b')
    expect(redact('Q7!xk9#Lm2Q7!xk9#Lm2')).toBe('[secret][secret]')
    expect(redact(encodeURIComponent('Q7!xk9#Lm2'))).toBe('[secret]')
    expect(redact(JSON.stringify({ p: 'Zz9"quoted\\one' }))).toBe('{"p":"[secret]"}')
    expect(redact('Q7!xk9#Lm')).toBe('Q7!xk9#Lm')
    expect(redact('')).toBe('')
  })

  it('leaves no secret in any text, and touches nothing else', () => {
    const secret = fc.string({ unit: fc.constantFrom('a', 'B', '7', '!', '#', 'x', 'ß'), minLength: 8, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 6 }), fc.array(fc.string(), { maxLength: 6 }), (secrets, rest) => {
        const hidden = secrets.filter(rememberSecret)
        const text = rest.map((part, i) => part + (hidden[i] ?? '')).join('') + hidden.join(' ')
        const out = redact(text)
        for (const one of hidden) expect(out).not.toContain(one)
        if (out === text) expect(hidden.some(one => text.includes(one))).toBe(false)
        expect(redact('plain words and 2026-11-29')).toBe('plain words and 2026-11-29')
      }),
    )
  })

  it('leaves no secret in any text, name or number of JSON, however JSON writes it', () => {
    const unit = fc.constantFrom('a', 'B', '7', '!', '"', '\\', '\n', '\u200b', 'ß')
    const secret = fc.oneof(
      fc.string({ unit, minLength: 8, maxLength: 20 }),
      fc.integer({ min: 10_234_567 }).map(String),
    )
    const isNested = fc.boolean()
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 3 }), fc.array(fc.string()), isNested, (secrets, rest, nested) => {
        forgetSecrets()
        const hidden = secrets.filter(rememberSecret)
        const texts = hidden.map(one => (nested ? JSON.stringify({ one }) : `a ${one} b`))
        const value = {
          rest,
          texts,
          numbers: hidden.filter(one => /^[1-9]\d*$/.test(one)).map(Number),
          [hidden[0] ?? 'none']: 1,
        }
        const read = JSON.parse(jsonText(value))
        const found = [...read.texts, ...read.numbers.map(String), ...Object.keys(read)]
        for (const one of hidden) for (const text of found) expect(text).not.toContain(one)
        expect(read.rest).toEqual(JSON.parse(JSON.stringify(rest)).map(redact))
      }),
    )
  })

  it('looks through a text in the same time, however many secrets there are', () => {
    for (let i = 0; i < 20_000; i++) rememberSecret(`token-${i}-${(i * 7919).toString(36)}-of-a-session`)
    const text = 'GET https://api.example/tenants/t-1000/unified-login '.repeat(20)
    const started = performance.now()
    for (let i = 0; i < 500; i++) redact(text)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
