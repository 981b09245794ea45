import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { parseCommand } from '../../src/cli/secret-command.ts'
import { quoted } from '../../src/core/shell.ts'
import { type Ground, openGround, runIn } from '../cli/harness.ts'
import { smallWorld } from '../cli/small-world.ts'
import { buildCommand } from '../process/built-command.ts'
import { sealLightly } from '../store/light-seal.ts'
import { drawn } from './drawn.ts'
import { describeInTerminal, keys, openTerminal, type Terminal } from './terminal.ts'

/** A tenant from nothing to all features, by a person who pastes what `status` says is next, and answers. */

const world = smallWorld('neverConfigured', 'first')
const nobody = { id: '', name: '', domains: [], people: [] }
const [tenant = nobody, another = nobody] = world.tenants
const wayIn = tenant.people.find(person => person.active && person.bmsEmployeeId)?.email ?? ''

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround(world)
}, 60_000)
afterAll(() => ground.close())

const passphrase = 'nine small lanterns'
const page = {
  columns: 80,
  rows: 24,
  env: { NO_COLOR: '1', LC_ALL: 'C.UTF-8', K1CTL_PASSPHRASE: passphrase },
}

/** The commands that `status` says are next, as they stand on the screen. */
function nextOf(lines: readonly string[]): string[] {
  return lines.flatMap(line => /^(?:Next: | {6})(k1ctl .+)$/.exec(line.trimEnd())?.[1] ?? [])
}

/** What is asked by the command, in its order, and what a person answers. */
async function answerQuestions(terminal: Terminal, command: string): Promise<void> {
  const [, verb = '', system = ''] =
    /^k1ctl (attest|.+?) (?:'.+?' )?(bms|graphus|datto-partner-portal)/.exec(command) ?? []
  if (verb === 'connect') {
    const { url = '', username = '', company = '', password = '' } = ground.sandbox.systems[system]?.credentials ?? {}
    await terminal.sees('? API host')
    terminal.type(url)
    await terminal.sees(`❯ ${url}`)
    terminal.type(keys.enter)
    await terminal.sees('? User name')
    terminal.answer(username)
    await terminal.sees('? Company')
    terminal.answer(company)
    await terminal.sees('? Password')
    terminal.answer(password)
  } else if (verb === 'jit defaults set') {
    const titles = ['department', 'location', 'manager', 'job title', '', 'security role', 'employee role']
    for (const title of system === 'bms' ? titles : ['role']) {
      if (title === '') {
        await terminal.sees('? Employment Type (a number)')
        terminal.answer('1')
        continue
      }
      await terminal.sees(`? Default ${title}`)
      await terminal.sees('❯')
      terminal.type(keys.enter)
    }
    await terminal.sees('? Make this change?')
    terminal.answer('y')
  } else if (verb === 'attest') {
    await terminal.sees('? Is it on?')
    terminal.answer('y')
    await terminal.sees('? A note for the record')
    terminal.answer('Turned on at 17:10, T-1042')
  } else {
    if (command.includes('require-log-in enable bms')) {
      await terminal.sees('? Who keeps a way in')
      terminal.answer(wayIn)
    }
    await terminal.sees('? Make this change?')
    terminal.answer('y')
  }
}

async function newHome(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'k1ctl-journey-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  await sealLightly(home, passphrase)
  return home
}

/** Pastes the first step each time until there is none; answers what was pasted, and the last screen. */
async function pasteEach(home: string, systems: readonly string[]): Promise<{ pasted: string[]; end: string[] }> {
  const pasted: string[] = []
  for (;;) {
    const status = openTerminal(['status', ...systems], home, page)
    await status.ended
    const screen = drawn(status.raw())
    const [command] = nextOf(screen)
    if (command === undefined) return { pasted, end: screen.filter(line => line.trim() !== '') }
    // A step that leads nowhere would come again.
    expect(pasted, screen.join('\n')).not.toContain(command)
    const terminal = openTerminal(parseCommand(command).slice(1), home, page)
    await answerQuestions(terminal, command)
    expect(await terminal.ended, terminal.text()).toBe(0)
    pasted.push(command)
  }
}

describeInTerminal('a tenant from nothing to all features', () => {
  it('by pasting each next step of status, all of them accepted', async () => {
    const home = await newHome()
    expect(await openTerminal(['status'], home, page).ended).toBe(4)
    const added = openTerminal(['tenant', 'add', tenant.name, '--domain', tenant.domains[0] ?? ''], home, page)
    expect(await added.ended, added.text()).toBe(0)

    const { pasted, end } = await pasteEach(home, [])
    const name = quoted(tenant.name)
    expect(pasted).toEqual([
      `k1ctl connect bms --tenant ${name}`,
      `k1ctl jit defaults set bms --tenant ${name}`,
      `k1ctl jit enable bms --tenant ${name}`,
      `k1ctl deprovisioning enable bms --tenant ${name}`,
      `k1ctl access-groups enable bms --tenant ${name}`,
      `k1ctl require-log-in enable bms --tenant ${name}`,
      `k1ctl attest ${name} graphus log-in`,
      `k1ctl attest ${name} graphus user-creation`,
      `k1ctl attest ${name} graphus deprovisioning`,
      `k1ctl attest ${name} datto-partner-portal log-in`,
      `k1ctl attest ${name} datto-partner-portal user-creation`,
      `k1ctl attest ${name} datto-partner-portal deprovisioning`,
      `k1ctl attest ${name} datto-partner-portal require-log-in`,
    ])
    expect(end).toEqual([
      `Tenant: ${tenant.name}`,
      'SYSTEM                LOG IN   REQUIRE  JIT      DEPROV   GROUPS',
      'bms                   on       on       on       on       on',
      'graphus               by hand  -        by hand  by hand  -',
      'datto-partner-portal  by hand  by hand  by hand  by hand  -',
      '5 on, 0 off, 7 by hand (7 attested).',
    ])
  }, 240_000)

  it('also in modules behind an endpoint of the operator', async () => {
    const home = await newHome()
    await runIn(home, ['tenant', 'add', another.name])
    for (const system of ['graphus', 'datto-partner-portal']) {
      const { url = '', username = '', company = '', password = '' } = ground.sandbox.systems[system]?.credentials ?? {}
      const given = ['--url', url, '--username', username, '--company', company, '--set', `tenantId=${another.id}`]
      const connected = await runIn(home, ['connect', system, ...given, '--keep', 'plain', '--password-stdin'], {
        stdin: password,
      })
      expect(connected.code, connected.stderr).toBe(0)
    }
    const systems = ['graphus', 'datto-partner-portal']
    const { pasted, end } = await pasteEach(home, systems)
    const verbs = pasted.map(command => command.replace('k1ctl ', '').replace(` --tenant ${quoted(another.name)}`, ''))
    expect(verbs).toEqual([
      'unified-login enable graphus',
      'jit defaults set graphus',
      'jit enable graphus',
      'deprovisioning enable graphus',
      'jit defaults set datto-partner-portal',
      'jit enable datto-partner-portal',
      'deprovisioning enable datto-partner-portal',
      'require-log-in enable datto-partner-portal',
    ])
    expect(end.at(-1)).toBe('7 on, 0 off.')
  }, 240_000)
})
