import { rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { systems } from '../../src/systems/index.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand } from '../process/built-command.ts'
import { makeFolder } from '../store/ground.ts'
import { drawn } from './drawn.ts'
import { describeInTerminal, keys, openTerminal } from './terminal.ts'

const page = { columns: 80, rows: 24 }
const leaver = 'diego.torres@ironbridge.example'
const all = `${systems.length} systems`
const tenant = ['--tenant', 'Ironbridge Machining']

let ground: Ground
let empty: string
beforeAll(async () => {
  await buildCommand()
  ground = await openGround('demo')
}, 60_000)
beforeEach(async () => {
  await ground.reset()
  empty = makeFolder()
})
afterAll(() => ground.close())

/** No line is wider than the terminal, but for one with a command, which is left whole for whoever pastes it. */
function tooWide(lines: readonly string[]): string[] {
  return lines.filter(line => [...line].length > page.columns && !/k1ctl [a-z]/.test(line))
}

describeInTerminal('the first minute', () => {
  async function said(words: string[]): Promise<{ code: number; lines: string[]; text: string }> {
    const terminal = openTerminal(words, empty, page)
    const code = await terminal.ended
    const lines = drawn(terminal.raw())
    expect(tooWide(lines)).toEqual([])
    return { code, lines, text: lines.join('\n') }
  }

  it('leads from nothing to the first connection, a hint at a time', async () => {
    expect((await said([])).text).toContain('k1ctl demo')
    const lost = await said(['status'])
    expect(lost.code).toBe(4)
    expect(lost.text).toContain('k1ctl tenant add NAME --domain customer.example')
    const added = await said(['tenant', 'add', 'Northwind Dental', '--domain', 'northwind-dental.example'])
    expect(added.code, added.text).toBe(0)
    const found = await said(['status'])
    expect(found.text).toMatch(/^bms +not connected/m)
    expect(found.text).toContain("Next: k1ctl connect bms --tenant 'Northwind Dental'")
    expect((await said(['login'])).text).toContain('k1ctl connect <system>')
    expect((await said(['doctor'])).text).toMatch(/\d+ ok, \d+ warn, 0 fail/)
    rmSync(empty, { recursive: true, force: true })
  })
})

describeInTerminal('one leaver at the prompt, with a slow system', () => {
  it('sees whom it waits for and for how long, asks with all that matters, and tells how it went', async () => {
    await ground.fault('jumpcloud', { path: '.', write: false, delayMs: 3_000, times: 1 })
    await ground.fault('jumpcloud', { path: '.', write: true, delayMs: 4_000, times: 1 })
    const env = { NO_COLOR: '1', LC_ALL: 'C.UTF-8' }
    const terminal = openTerminal(['offboard', leaver, ...tenant, '--wait', '5'], ground.home, { ...page, env })
    await terminal.sees(new RegExp(`Looking everywhere · \\d+ of ${all} · waits for JumpCloud, 2 s`))
    await terminal.sees(`Diego Torres <${leaver}> of Ironbridge Machining`)
    await terminal.sees(new RegExp(`\\d+ changes in ${all}, \\d+ of them cannot be undone`))
    await terminal.sees('remarks.')
    await terminal.sees(/\? Offboard Diego Torres/)
    expect(await ground.writes('jumpcloud')).toEqual([])
    terminal.answer('d')
    await terminal.sees('1 keep out')
    await terminal.sees('  · ')
    await terminal.sees(/\? Offboard Diego Torres/)
    terminal.answer('y')
    await terminal.sees('Run ')
    await terminal.sees(/\d+ of \d+ goals · waits for JumpCloud \(.+\), \d s · \d s · Ctrl-C is safe/)
    await terminal.sees('pending')
    expect(await terminal.ended).toBe(3)
    const after = drawn(terminal.raw().slice(terminal.raw().lastIndexOf('Run ')))
    expect(tooWide(after)).toEqual([])
    // The line of progress is gone, and nothing that was told stands beside it.
    expect(after.filter(line => /goals ·|waits for/.test(line))).toEqual([])
    expect(after.join('\n')).toMatch(/^\? diego\.torres@/m)
  })

  it('sees how many mailboxes are searched, and may leave then, too', async () => {
    await ground.fault('microsoft-365', { path: 'Get-MailboxPermission', delayMs: 700, times: 3 })
    const env = { NO_COLOR: '1', LC_ALL: 'C.UTF-8', K1CTL_MICROSOFT_365_OTHERS_MAILBOXES: 'left' }
    const words = ['offboard', leaver, ...tenant, '--only', 'microsoft-365', '--dry-run']
    const terminal = openTerminal(words, ground.home, { ...page, env })
    await terminal.sees(/Microsoft 365: 10 of 65 mailboxes searched · Looking.* · Ctrl-C is safe/)
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(await ground.writes('microsoft-365')).toEqual([])
  })

  it('is left with Ctrl-C while it waits, and nothing was changed', async () => {
    await ground.fault('jumpcloud', { path: '.', delayMs: 8_000, times: 1 })
    const terminal = openTerminal(['offboard', leaver, ...tenant], ground.home, page)
    await terminal.sees('Ctrl-C is safe')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    for (const system of Object.keys(ground.sandbox.systems)) expect(await ground.writes(system)).toEqual([])
  })
})
