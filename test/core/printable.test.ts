import { describe, expect, it } from 'vitest'
import { hidesSomething, printable } from '../../src/core/printable.ts'

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u
const shownAllTheSame = /[\p{Variation_Selector}\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u

describe('text from elsewhere', () => {
  it('keeps each letter that can be seen, and shows each that cannot, over all of Unicode', () => {
    const wrong: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      const char = String.fromCodePoint(code)
      const isHidden = invisible.test(char) && !shownAllTheSame.test(char)
      if ((printable(char) === char) === isHidden) wrong.push(code.toString(16))
      if (isHidden && !hidesSomething(`a${char}`)) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })
})
