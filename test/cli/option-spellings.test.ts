import { expect, it } from 'vitest'
import { type CommandSpec, type GroupSpec, isGroup, type OptionSpec } from '../../src/cli/command.ts'
import { entries } from '../../src/cli/entries.ts'
import { optionsOf } from '../../src/cli/option-sets.ts'
import { optionSpellings } from '../../src/cli/option-spellings.ts'
import { Words } from '../../src/cli/words.ts'

/** The two that the parser itself takes, which the manual pages tell of. */
const ofTheParser: readonly OptionSpec['flags'][] = ['-h, --help', '-V, --version']

function spelledIn(spec: CommandSpec | GroupSpec): OptionSpec['flags'][] {
  if (!isGroup(spec)) return optionsOf(spec).map(({ flags }) => flags)
  return [...spec.commands, ...(spec.bare ? [spec.bare] : [])].flatMap(spelledIn)
}

it('spells each option for a command that takes it, once', async () => {
  const specs = await Promise.all(entries.map(entry => entry.load()))
  expect([...new Set([...ofTheParser, ...specs.flatMap(spelledIn)])].sort()).toEqual([...optionSpellings].sort())
  expect(new Set(optionSpellings).size).toBe(optionSpellings.length)
})

it('reads by names that are spelled, each as what it is', () => {
  const words = new Words([], { maxShare: '30', dryRun: true, input: false, role: ['a'] })
  expect(words.text('maxShare')).toBe('30')
  expect(words.flag('dryRun')).toBe(true)
  expect(words.allowed('input')).toBe(false)
  expect(words.list('role')).toEqual(['a'])
  // What follows is held by the compiler: without an error there, the directive itself is one.
  // @ts-expect-error no option is spelled so
  expect(words.flag('dryrun')).toBe(false)
  // @ts-expect-error it takes a value
  expect(words.flag('maxShare')).toBe(false)
  // @ts-expect-error it takes none
  expect(words.text('dryRun')).toBeUndefined()
  // @ts-expect-error no command may spell one that is not listed
  const unheard: OptionSpec = { flags: '--unheard <of>', summary: 'nobody lists it' }
  expect(optionSpellings).not.toContain(unheard.flags)
})
