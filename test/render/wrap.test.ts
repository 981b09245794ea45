import { wrapAnsi } from 'fast-wrap-ansi'
import { describe, expect, it } from 'vitest'
import { asciiOnly, isAsciiLocale } from '../../src/render/ascii.ts'
import { shortTimes } from '../../src/render/short-time.ts'
import { wrapped } from '../../src/render/wrap.ts'

const wrap = (text: string, width = 40) => wrapped(text, width, wrapAnsi)

describe('prose at a terminal', () => {
  it.each([
    ['stays where it fits', '  ~ short', '  ~ short'],
    [
      'goes on below its text, not below its mark',
      '  · JumpCloud: keys stay enrolled, and nothing removes them.',
      '  · JumpCloud: keys stay enrolled, and\n    nothing removes them.',
    ],
    [
      'goes on below its second column where there is room',
      '  ~ BMS     groups left: Staff, Orders, VPN users → none',
      '  ~ BMS     groups left: Staff, Orders,\n            VPN users → none',
    ],
    [
      'goes on below its first where there is none',
      '  ~ huddle (SCIM 2.0 service)  sign-in, groups, access',
      '  ~ huddle (SCIM 2.0 service)  sign-in,\n      groups, access',
    ],
    [
      'leaves a command whole, so that it can be pasted',
      "hint: Sign in once: k1ctl connect bms --tenant 'Northwind Dental'",
      "hint: Sign in once:\n      k1ctl connect bms --tenant 'Northwind Dental'",
    ],
    [
      'breaks behind a command where the sentence goes on',
      'See k1ctl connections; connect one with k1ctl connect bms.',
      'See k1ctl connections; connect one with\nk1ctl connect bms.',
    ],
    [
      'leaves what turns a timer on whole, too',
      '→ systemctl --user daemon-reload && systemctl --user enable k1ctl.timer',
      '→ systemctl --user daemon-reload && systemctl --user enable k1ctl.timer',
    ],
    [
      'leaves an example beside its prompt',
      '$ k1ctl offboard amy@customer.example --dry-run',
      '$ k1ctl offboard amy@customer.example --dry-run',
    ],
    ['never breaks a word', `so ${'a'.repeat(60)} y`, `so\n${'a'.repeat(60)}\ny`],
  ])('%s', (_, text, shown) => {
    expect(wrap(text)).toBe(shown)
  })

  it('is wrapped by what is seen of it, and a colour goes on behind the break', () => {
    expect(wrap(`  \x1b[33m~\x1b[39m \x1b[2m${'word '.repeat(10)}end\x1b[22m`)).toBe(
      `  \x1b[33m~\x1b[39m \x1b[2m${'word '.repeat(7).trim()}\x1b[22m\n    \x1b[2mword word word end\x1b[22m`,
    )
  })

  it('is left alone where the width is not known', () => {
    expect(wrap('word '.repeat(50), 0)).toBe('word '.repeat(50))
  })
})

describe('a locale without UTF-8', () => {
  it.each([
    [{}, false],
    [{ LANG: 'C' }, true],
    [{ LANG: 'POSIX' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, true],
    [{ LANG: 'en_GB.UTF-8' }, false],
    [{ LANG: 'C', LC_ALL: 'C.utf8' }, false],
    [{ LANG: 'C.UTF-8', LC_CTYPE: 'C' }, true],
    [{ LANG: 'C.UTF-8', LC_ALL: '' }, false],
  ])('is told by %j: %s', (env, ascii) => {
    expect(isAsciiLocale(env)).toBe(ascii)
  })

  it('gets signs in ASCII, and letters of names told apart', () => {
    expect(asciiOnly('✓ a → b · c … ⠋')).toBe('+ a -> b - c ... /')
    expect(asciiOnly('Zoë and Zoe, 山田 🙂')).toBe('Zo\\u00eb and Zoe, \\u5c71\\u7530 \\u{1f642}')
  })
})

describe('a time at a terminal', () => {
  const now = new Date('2026-11-29T12:00:00Z')
  const local = (iso: string) => new Date(iso)
  const two = (n: number) => String(n).padStart(2, '0')

  it('of today is the time alone, else the day and the minute, by the clock of the machine', () => {
    const early = local('2026-11-29T11:58:07.123Z')
    const clock = `${two(early.getHours())}:${two(early.getMinutes())}:07`
    expect(shortTimes('read back 2026-11-29T11:58:07.123Z.', now)).toBe(`read back ${clock}.`)
    const old = local('2026-10-20T11:06:26Z')
    const day = `2026-${two(old.getMonth() + 1)}-${two(old.getDate())} ${two(old.getHours())}:06`
    expect(shortTimes('set 2026-10-20T11:06:26Z → random', now)).toBe(`set ${day} → random`)
    expect(shortTimes('\u001b[32m2026-10-20T11:06:26Z\u001b[39m', now)).toBe(`\u001b[32m${day}\u001b[39m`)
  })

  it('that is none stays as it is', () => {
    expect(shortTimes('2026-13-99T99:99:99Z and 2026-11-29', now)).toBe('2026-13-99T99:99:99Z and 2026-11-29')
  })
})
