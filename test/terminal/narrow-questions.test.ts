import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { smallWorld } from '../cli/small-world.ts'
import { buildCommand } from '../process/built-command.ts'
import { describeInTerminal, keys, openTerminal } from './terminal.ts'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround(smallWorld('first', 'everythingOn'))
}, 60_000)
afterAll(() => ground.close())

/** The question as somebody reads it who joins its lines: a word that was broken has a blank in it. */
async function asked(words: string[], columns: number, end: string): Promise<string> {
  const terminal = openTerminal(words, ground.home, { columns })
  await terminal.sees(new RegExp(end.replaceAll(/[().*?]/g, '\\$&').replaceAll(' ', '\\s+')))
  terminal.type(keys.ctrlC)
  await terminal.ended
  const text = terminal.text().replace(/\s+/g, ' ')
  const [question = ''] = new RegExp(`[?] [^?]*[?].*?${end.replaceAll(/[().*?]/g, '\\$&')}`).exec(text) ?? []
  return question
}

describeInTerminal('a question that is longer than the terminal is wide', () => {
  it.each([
    ['of a change', ['deprovisioning', 'enable', 'bms', '--tenant', 'Northwind Dental'], '(y/N)'],
    ['of an offboarding', ['offboard', 'nora.meyer@northwind-dental.example', '-t', 'Northwind Dental'], 'details)'],
    ['of a list', ['tenant', 'use'], 'Esc to leave'],
    ['of another list', ['connect', '--tenant', 'Northwind Dental'], 'Esc to leave'],
  ])('%s breaks between words, at 80 and at 40 columns', { timeout: 60_000 }, async (_, words, end) => {
    const wide = await asked(words, 300, end)
    expect(wide.length).toBeGreaterThan(20)
    for (const columns of [80, 40]) expect(await asked(words, columns, end)).toBe(wide)
  })
})
