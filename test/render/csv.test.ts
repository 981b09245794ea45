import { describe, expect, it } from 'vitest'
import { csvCell, csvLine } from '../../src/render/csv.ts'

describe('csvCell', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+2', "'=1+2"],
    ['+49 30', "'+49 30"],
    ['-1', "'-1"],
    ['@Front Desk', "'@Front Desk"],
    ['\t=1', "'\t'=1"],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ['a=b', 'a=b'],
    ["O'Hara & Sons, Roofing", '"O\'Hara & Sons, Roofing"'],
    ['山田 太郎', '山田 太郎'],
  ])('%j', (text, cell) => expect(csvCell(text)).toBe(cell))

  it('puts cells on one line', () => expect(csvLine(['a', 'b,c', '=d'])).toBe('a,"b,c",\'=d'))
})
