import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

const words = ['status', 'bms', '--all-tenants']
const page = { columns: 80, rows: 24 }

/** A pager that says so, waits for Enter, and may end early. */
function pager(name: string, script: string): string {
  const path = join(ground.home, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o700)
  return path
}

describeInTerminal('pages at a terminal', () => {
  it('are turned where a list is longer than the terminal, and the talk comes after', async () => {
    const env = { K1CTL_PAGER: pager('pages', 'echo PAGES; cat; echo MORE; read x < /dev/tty') }
    const terminal = openTerminal(words, ground.home, { ...page, env })
    await terminal.sees('PAGES')
    await terminal.sees('Zenith Tax Advisers')
    await terminal.sees('MORE')
    expect(terminal.text()).not.toContain('Next: ')
    terminal.type(keys.enter)
    await terminal.sees('Next: k1ctl')
    expect(await terminal.ended).toBe(0)
  })

  it('are turned in what a posture differs in, too, and the count comes after', { timeout: 60_000 }, async () => {
    const file = join(ground.home, 'posture.yaml')
    writeFileSync(file, 'defaults:\n  bms: { deprovisioning: on, require-log-in: on, access-groups: on }\n')
    const env = { K1CTL_PAGER: pager('pages', 'echo PAGES; cat; echo MORE; read x < /dev/tty') }
    const call = ['posture', 'check', '--all-tenants', '-f', file]
    const terminal = openTerminal(call, ground.home, { ...page, env })
    await terminal.sees('PAGES')
    await terminal.sees('MORE')
    terminal.type(keys.enter)
    await terminal.sees(/\d+ differ/)
    expect(await terminal.ended).toBe(0)
  })

  it('are turned in the evidence of a run, and begin with how to read a page of letters', async () => {
    const env = { K1CTL_PAGER: pager('pages', 'echo PAGES; cat; echo "LESS is $LESS"') }
    const change = ['unified-login', 'enable', 'graphus', '--tenant', 'Northwind Dental', '--yes']
    expect(await ground.k1ctl(change)).toMatchObject({ code: 0 })
    const report = openTerminal(['runs', 'report', 'last'], ground.home, { ...page, env })
    await report.sees(/PAGES\n# Evidence of a change/)
    await report.sees(/LESS is .*q leaves/)
    expect(await report.ended).toBe(0)
    expect(
      report
        .text()
        .split('\n')
        .filter(line => line.length > 80),
    ).toEqual([])
    const status = openTerminal(['status', '--all-tenants'], ground.home, { ...page, env })
    await status.sees(/PAGES\nL Log In, R Require/)
    await status.sees('Zenith Tax Advisers')
    expect(await status.ended).toBe(0)
  })

  it.each([
    ['PAGER counts where K1CTL_PAGER is not set', { PAGER: 'echo PAGES; cat >/dev/null' }, 'PAGES'],
    ['one that is missing does no harm', { K1CTL_PAGER: '/nowhere/pager' }, 'Zenith Tax Advisers'],
    ['one that ends early does no harm', { K1CTL_PAGER: 'head -1' }, 'TENANT'],
    ['cat is none', { K1CTL_PAGER: 'cat' }, 'Zenith Tax Advisers'],
  ])('%s', async (_, env, sees) => {
    // What stands for "not set" in the environment of these tests.
    const { K1CTL_PAGER = undefined, ...rest } = env as Record<string, string>
    const terminal = openTerminal(words, ground.home, {
      ...page,
      env: { ...rest, ...(K1CTL_PAGER === undefined ? {} : { K1CTL_PAGER }) },
      without: K1CTL_PAGER === undefined ? ['K1CTL_PAGER'] : [],
    })
    await terminal.sees(sees)
    await terminal.sees('Next: k1ctl')
    expect(await terminal.ended).toBe(0)
  })

  it.each([
    ['a list that fits', ['status', '--tenant', 'Northwind Dental'], {}],
    ['--no-pager', [...words, '--no-pager'], {}],
    ['--no-input', [...words, '--no-input'], {}],
    ['JSON', [...words, '--json'], {}],
    ['CI', words, { CI: '1' }],
    ['a dumb terminal', words, { TERM: 'dumb' }],
  ])('are not turned with %s', async (_, call, more) => {
    const env = { K1CTL_PAGER: 'echo PAGES; cat', ...more }
    const terminal = openTerminal(call, ground.home, { ...page, env })
    expect(await terminal.ended).toBe(0)
    expect(terminal.text()).not.toContain('PAGES')
  })

  it('are left with Ctrl-C as the pager likes, and k1ctl waits for it', async () => {
    const env = {
      K1CTL_PAGER: pager(
        'stays',
        "trap 'echo STILL' INT; cat; echo MORE; read x < /dev/tty; read x < /dev/tty; echo LEFT",
      ),
    }
    const terminal = openTerminal(words, ground.home, { ...page, env })
    await terminal.sees('MORE')
    terminal.type(keys.ctrlC)
    await terminal.sees('STILL')
    terminal.type(`${keys.enter}${keys.enter}`)
    await terminal.sees('LEFT')
    await terminal.sees('Next: k1ctl')
    expect(await terminal.ended).toBe(0)
  })
})
