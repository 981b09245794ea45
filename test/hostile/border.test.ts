import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { screenOver } from '../../src/cli/screen.ts'
import { K1Error } from '../../src/core/errors.ts'
import { jsonText } from '../../src/core/json.ts'
import { cut, hidesSomething, printable } from '../../src/core/printable.ts'
import { csvLine } from '../../src/render/csv.ts'
import { errorJson, errorText } from '../../src/render/error.ts'
import { eol, laidOut, layout, onScreen } from '../../src/render/layout.ts'
import { stepsText, titleIn } from '../../src/render/plan.ts'
import { renderRecords } from '../../src/render/records.ts'
import { statusPaint } from '../../src/render/status.ts'
import { styleFor } from '../../src/render/style.ts'
import { fuzz, fuzzTimeoutMs, harmIn, hostileText } from './fuzz.ts'

/** A screen, and what came through it. */
function catching(isTTY = true) {
  const parts: string[] = []
  const screen = screenOver({ isTTY, columns: 80, write: text => parts.push(text) })
  return { screen, text: () => parts.join('') }
}

const colours = styleFor({ isTTY: true }, { FORCE_COLOR: '1' })
const plain = styleFor({}, {})

describe('the screen', () => {
  it('lets a plain string be one line, whatever is in it', { timeout: fuzzTimeoutMs }, () => {
    fc.assert(
      fc.property(hostileText, text => {
        const { screen, text: shown } = catching()
        screen.write(`name ${text} end\n`)
        screen.writeLine(`name ${text} end`)
        screen.document(`${JSON.stringify(text)}\n`)
        expect(shown().split('\n')).toHaveLength(4)
        expect(harmIn(shown())).toBe(null)
      }),
      fuzz(),
    )
  })

  it('lets colours of ours through, wherever a value stands, and none of a value', { timeout: fuzzTimeoutMs }, () => {
    fc.assert(
      fc.property(hostileText, hostile => {
        const text = `x${hostile}`
        const { screen, text: shown } = catching()
        const inner = colours.dim(`a ${colours.green(text)} b`)
        screen.write(layout`${colours.bold(text)} ${inner}\n${text}\n`)
        screen.writeLine(colours.red(text))
        screen.overwrite(text)
        const line = shown()
        expect(line).toContain(`\u001b[1m${printable(text)}\u001b[22m`)
        expect(line).toContain(`\u001b[31m${printable(text)}\u001b[39m\n`)
        const [drawn = '', over = ''] = line.split('\r')
        expect(over).toBe(`${printable(text)}\u001b[K`)
        expect(drawn.split('\n')).toHaveLength(4)
        expect(harmIn(drawn, { colour: true })).toBe(null)
        const escapes = drawn.match(/\u001b\[\d+m/g) ?? []
        expect(new Set(escapes)).toEqual(
          new Set(['\u001b[1m', '\u001b[22m', '\u001b[2m', '\u001b[32m', '\u001b[39m', '\u001b[31m']),
        )
      }),
      fuzz(),
    )
  })

  it('cannot be told by a value what is ours: the mark of another process is text', () => {
    const { screen, text } = catching()
    screen.write('\u{100001}\u{100002}\u{100003}\u{100004}n\u{100001}\u{100002}\u{100003}\u{100004}[31mx\n')
    expect(text()).not.toContain('\u001b')
    expect(text().split('\n')).toHaveLength(2)
  })

  it('never lets its own marks out', () => {
    const { screen, text } = catching()
    screen.write(layout`${colours.red('a')}\n`)
    screen.writeLine(stepsText(['one', 'two']))
    screen.document(`x${eol}y`)
    expect(text()).not.toMatch(/[\u{100000}-\u{10ffff}]/u)
  })
})

describe('what is rendered', () => {
  it('is harmless in every shape', { timeout: fuzzTimeoutMs }, async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async text => {
        const error = new K1Error('server', text, { hint: text, facts: { [text]: text, message: text } })
        const columns = [
          { title: 'One', cell: () => text },
          { title: 'Two', cell: () => text },
        ]
        const view = { records: [{ text }], columns, empty: text }
        expect(harmIn(onScreen(errorText(error, colours)), { colour: true })).toBe(null)
        expect(harmIn(onScreen(laidOut(errorJson(error))))).toBe(null)
        expect(harmIn(onScreen(await renderRecords(view, 'table')))).toBe(null)
        for (const width of [20, 40, 60]) {
          const paint = (_: string, cell: string) => colours.red(cell)
          const table = onScreen(await renderRecords({ ...view, width, paint }, 'table'))
          expect(harmIn(table, { wrapped: true, colour: true })).toBe(null)
        }
        expect(harmIn(await renderRecords(view, 'csv'), { csv: true })).toBe(null)
        for (const format of ['json', 'ndjson'] as const) {
          const json = await renderRecords(view, format)
          expect(harmIn(json)).toBe(null)
          // The value is what it was, but for halves of characters, which no encoding can carry.
          const back: unknown = format === 'json' ? JSON.parse(json)[0] : JSON.parse(json)
          expect(back).toEqual({ text })
        }
      }),
      fuzz(),
    )
  })

  it('as CSV holds no formula, in whatever country it is opened', { timeout: fuzzTimeoutMs }, () => {
    const sign = fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠')
    const before = fc.constantFrom('', ' ', '\t', '\r', '\n', 'a\n', 'a\r\n', 'a;', 'a\t', ' \u00a0', '"', 'a;"', 'a; ')
    fc.assert(
      fc.property(before, sign, (lead, char) => {
        const line = csvLine([`${lead}${char}cmd|' /C calc'!A0`])
        for (const separator of [',', ';', '\t']) {
          for (const cell of line.split(/\r\n|[\r\n]/).flatMap(part => part.split(separator))) {
            expect(cell.replace(/^["\s\ufeff]+/, '')).not.toMatch(/^[=+\-@＝＋－＠]/)
          }
        }
      }),
      fuzz(),
    )
  })

  it('as JSON is the same value', { timeout: fuzzTimeoutMs }, () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostileText, (value, text) => {
        const made = jsonText({ value, text }, 2)
        expect(JSON.parse(made)).toEqual(JSON.parse(JSON.stringify({ value, text })))
        expect(harmIn(made)).toBe(null)
      }),
      fuzz(),
    )
  })
})

describe('printable', () => {
  it.each([
    ['\u001b[31m', '␛[31m'],
    ['a\nb\r\nc\td', 'a␊b␍␊c␉d'],
    ['\u007f\u009b', '␡\\u009b'],
    ['amy\u202egnp', 'amy\\u202egnp'],
    ['a\u200bb\u2028c', 'a\\u200bb\\u2028c'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800', '\\ud800'],
    ['Zoë 山田 🙂 ☕️ أحمد', 'Zoë 山田 🙂 ☕️ أحمد'],
  ])('%j is shown as %s', (text, shown) => {
    expect(printable(text)).toBe(shown)
    expect(printable(shown)).toBe(shown)
  })

  it('is cut between characters, not in one', () => {
    expect(cut('ab🙂', 3)).toBe('ab')
    expect(cut('ab🙂', 4)).toBe('ab🙂')
  })

  it.each(['constructor', '__proto__', 'toString'])('takes %s for a name like any other', name => {
    expect(onScreen(statusPaint(plain)('State', name))).toBe(name)
    expect(titleIn({ bms: 'BMS' }, name)).toBe(name)
    expect(titleIn({ bms: 'BMS' }, 'bms')).toBe('BMS')
  })

  it('tells what hides something', () => {
    expect(hidesSomething('amy@customer.example')).toBe(false)
    expect(hidesSomething('amy@customer.example\u200b')).toBe(true)
    expect(hidesSomething('amy\ufe0f@customer.example')).toBe(true)
  })

  it('lays out without colours, too', () => {
    expect(onScreen(layout`${plain.red('a\nb')}\n${'c\nd'}\n`)).toBe('a␊b\nc␊d\n')
  })
})
