import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand } from '../process/built-command.ts'
import { describeInTerminal, keys, openTerminal } from './terminal.ts'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround('demo')
}, 60_000)
afterAll(() => ground.close())

const colours = /\x1b\[[0-9;]*m/

async function printed(words: string[], env: Record<string, string> = {}, columns = 120) {
  const terminal = openTerminal(words, ground.home, { env, columns })
  const code = await terminal.ended
  return { code, raw: terminal.raw(), lines: terminal.text().split('\n') }
}

describeInTerminal('colours', () => {
  it('are there on a terminal', async () => {
    expect((await printed(['status'])).raw).toMatch(colours)
    expect((await printed(['nosuch'])).raw).toMatch(colours)
  })

  it.each([
    ['status', ['status']],
    ['an error', ['nosuch']],
    ['doctor', ['doctor', '--tenant', 'Northwind Dental']],
    ['help', ['status', '--help']],
  ])('of %s are off with NO_COLOR', async (_, words) => {
    expect((await printed(words, { NO_COLOR: '1' })).raw).not.toMatch(colours)
  })

  it('are off in a question and a spinner with NO_COLOR', async () => {
    await ground.fault('graphus', { path: '.', delayMs: 600, times: 2 })
    const env = { NO_COLOR: '1' }
    const terminal = openTerminal(['unified-login', 'enable', 'graphus'], ground.home, { env })
    await terminal.sees('Reading Graphus')
    await terminal.sees('Make this change?')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(terminal.raw()).not.toMatch(colours)
  })

  it('are off on a dumb terminal', async () => {
    expect((await printed(['status'], { TERM: 'dumb' })).raw).not.toMatch(colours)
  })
})

describeInTerminal('times of a run', () => {
  it('are short, and a list of runs fits 80 columns; off a terminal they are ISO', async () => {
    const change = ['unified-login', 'enable', 'graphus', '--tenant', 'Northwind Dental', '--yes']
    expect(await ground.k1ctl(change)).toMatchObject({ code: 0 })
    const shown = (await printed(['runs', 'show', 'last'], { NO_COLOR: '1' }, 80)).lines.join(' ')
    expect(shown).toMatch(/\(read +back +\d\d:\d\d:\d\d\)/)
    expect(shown).not.toMatch(/\dT\d\d:\d\d:\d\d/)
    const list = (await printed(['runs', 'list'], { NO_COLOR: '1' }, 80)).lines
    expect(list[1]).toMatch(/^\S{20} +\d\d:\d\d:\d\d +proved +graphus +tester@here *$/)
    expect(Math.max(...list.map(line => line.length))).toBeLessThanOrEqual(80)
    expect((await ground.k1ctl(['runs', 'show', 'last'])).stdout).toMatch(/\(read back \d{4}-\d\d-\d\dT[\d:.]+Z\)/)
  })
})

const calls: string[][] = [
  ['status'],
  ['status', '--all-tenants', 'bms'],
  ['tenant', 'list'],
  ['tenant', 'show'],
  ['connections', '--tenant', 'Northwind Dental'],
  ['systems'],
  ['doctor', '--tenant', 'Northwind Dental'],
  ['jit', 'defaults', 'show', 'bms'],
  ['runs', 'list'],
]

describeInTerminal('a narrow terminal', () => {
  it.each(calls.map(words => [words.join(' '), words] as const))('of 60 columns holds %s', async (_, words) => {
    // Without the talk on stderr, whose sentences the terminal wraps.
    const { lines, code } = await printed([...words, '--quiet'], {}, 60)
    expect([0, 3]).toContain(code)
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.filter(line => [...line].length > 60)).toEqual([])
    expect(lines.join('')).not.toContain('…')
  })

  it.each(['--help', 'status --help', 'connect --help', 'jit defaults set --help'])(
    'of 60 columns wraps k1ctl %s at spaces',
    async line => {
      const words = line.split(' ')
      const { lines, code } = await printed(words, {}, 60)
      expect(code).toBe(0)
      const text = lines.slice(0, lines.indexOf('Examples:'))
      expect(text.filter(line => line.length > 60)).toEqual([])
    },
  )
})
