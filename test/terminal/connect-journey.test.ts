import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type Ground, openGround, runIn } from '../cli/harness.ts'
import { smallWorld } from '../cli/small-world.ts'
import { buildCommand } from '../process/built-command.ts'
import { describeInTerminal, keys, openTerminal } from './terminal.ts'

/** From nothing to a connection, with a person who mistypes: nothing that they typed is lost. */

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround(smallWorld('first'))
}, 60_000)
afterAll(() => ground.close())

const size = { columns: 80, rows: 24 }

function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'k1ctl-journey-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

describeInTerminal('connect with three mistakes on the way', () => {
  it('asks only for what was wrong, and ends connected', async () => {
    const home = emptyHome()
    const { url = '', username = '', company = '', password = '' } = ground.sandbox.systems.bms?.credentials ?? {}
    const passphrase = 'nine small lanterns'
    const terminal = openTerminal(['connect', '--keep', 'sealed'], home, size)
    await terminal.sees('Name of the first tenant')
    terminal.answer('Northwind Dental')

    await terminal.sees('Connect what for Northwind Dental?')
    terminal.type('vorex')
    await terminal.sees('No results found')
    for (let n = 0; n < 'vorex'.length; n++) terminal.type(keys.backspace)
    terminal.type('bms')
    await terminal.sees('❯ BMS')
    terminal.type(keys.enter)

    // The first mistake: no address. It is told while it stands there, and the list still takes what is typed.
    await terminal.sees('API host')
    terminal.type('api.bms')
    await terminal.sees('api.bms')
    for (let n = 0; n < 'api.bms'.length; n++) terminal.type(keys.backspace)
    terminal.type('ftp://bms.example')
    await terminal.sees('Use a URL with https://.')
    for (let n = 0; n < 'ftp://bms.example'.length; n++) terminal.type(keys.backspace)
    terminal.type(url)
    await terminal.sees(`❯ ${url}`)
    terminal.type(keys.enter)

    await terminal.sees('? User name')
    terminal.answer(username)
    // The second mistake: the company. Only the company is asked for again.
    await terminal.sees('? Company')
    terminal.answer('Northwind Dentel')
    await terminal.sees('? Password')
    terminal.answer(password)
    await terminal.sees('error: BMS did not accept')
    await terminal.sees('Try 2 of 3.')
    // The third: the password, behind it.
    await answerAll(terminal, [['Company', company]])
    await terminal.sees('New passphrase, of at least 8 characters')
    terminal.answer(passphrase)
    await terminal.sees('The same again')
    terminal.answer('nine small lantern')
    await terminal.sees('The two differ. Once more:')
    await terminal.sees('New passphrase')
    terminal.answer(passphrase)
    await terminal.sees('The same again')
    terminal.answer(passphrase)
    await terminal.sees('Signed in to BMS as')
    expect(await terminal.ended).toBe(0)

    expect(terminal.raw()).not.toContain(password)
    expect(terminal.raw()).not.toContain(passphrase)
    expect(terminal.text().match(/✔ User name/g)).toHaveLength(1)
    const { stdout } = await runIn(home, ['connections', '--json'])
    expect(JSON.parse(stdout)).toMatchObject([
      { tenant: 'Northwind Dental', system: 'bms', settings: { url, username, company } },
    ])
  })

  async function answerAll(terminal: ReturnType<typeof openTerminal>, answers: [string, string][]) {
    for (const [question, answer] of answers) {
      await terminal.sees(`? ${question}`)
      terminal.type(keys.backspace.repeat(30))
      terminal.answer(answer)
    }
  }
})

describeInTerminal('a list', () => {
  it('is left with Esc: exit 130', async () => {
    const terminal = openTerminal(['disconnect'], ground.home, size)
    await terminal.sees('Forget which connection of ')
    await terminal.sees('Esc to leave')
    terminal.type('\x1b')
    expect(await terminal.ended).toBe(130)
  })
})
