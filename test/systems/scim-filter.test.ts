import { describe, expect, it } from 'vitest'
import { anyOf, comparison } from '../../src/http/scim/filter.ts'

describe('a SCIM filter', () => {
  it.each([
    ['amy', 'userName eq "amy"'],
    ['o"neil', 'userName eq "o\\"neil"'],
    ['back\\slash', 'userName eq "back\\\\slash"'],
    ['\\" or id pr or userName eq \\"', 'userName eq "\\\\\\" or id pr or userName eq \\\\\\""'],
    ['line\nbreak\u0000', 'userName eq "line\\nbreak\\u0000"'],
    ['ünï@example', 'userName eq "ünï@example"'],
  ])('keeps %j a value', (value, text) => {
    expect(comparison('userName', 'eq', value).text).toBe(text)
  })

  it('joins with or', () => {
    expect(anyOf(comparison('userName', 'eq', 'a'), comparison('emails.value', 'sw', 'b')).text).toBe(
      'userName eq "a" or emails.value sw "b"',
    )
  })
})
