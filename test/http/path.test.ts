import { describe, expect, it } from 'vitest'
import { path } from '../../src/http/path.ts'

describe('path', () => {
  it.each([
    [path`/v2/mappings/${7}`, '/v2/mappings/7', '/v2/mappings/{}'],
    [path`/v2/x`, '/v2/x', '/v2/x'],
    [path`/a/${'b/c'}`, '/a/b%2Fc', '/a/{}'],
    [path`/a/${'../b'}`, '/a/..%2Fb', '/a/{}'],
    [path`/a/${'x?y#z'}/d`, '/a/x%3Fy%23z/d', '/a/{}/d'],
    [path`/a/${'%2e%2e'}`, '/a/%252e%252e', '/a/{}'],
    [path`/a/${'Zoë 1'}`, '/a/Zo%C3%AB%201', '/a/{}'],
    [path`/a/${'...'}`, '/a/...', '/a/{}'],
    [path`/a/x-${'.'.repeat(3)}`, '/a/x-...', '/a/x-{}'],
  ])('encodes every value: %o', (made, text, template) => {
    expect(made).toEqual({ text, template })
  })

  it.each([[''], ['.'], ['..'], ['\ud800']])('refuses %j', value => {
    expect(() => path`/a/${value}/b`).toThrow(expect.objectContaining({ kind: 'usage' }))
  })

  it('refuses a value that makes a dot segment with what stands beside it', () => {
    expect(() => path`/a/.${'.'}`).toThrow(expect.objectContaining({ kind: 'usage' }))
  })

  it('wants a slash first', () => {
    expect(() => path`v2/x`).toThrow(expect.objectContaining({ kind: 'internal' }))
  })
})
