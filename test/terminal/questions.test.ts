import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand } from '../process/built-command.ts'
import { describeInTerminal, keys, openTerminal } from './terminal.ts'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround('demo', 'no tenant is chosen')
}, 60_000)
beforeEach(() => ground.reset())
afterAll(() => ground.close())

describeInTerminal('a command without a tenant', () => {
  it('asks for one, which is searched by typing, and works on it', async () => {
    const terminal = openTerminal(['status', 'bms'], ground.home)
    await terminal.sees('Which tenant?')
    await terminal.sees('type to search')
    terminal.type('sandp')
    await terminal.sees('sandp\n❯ Sandpiper Hotels')
    terminal.type(keys.enter)
    await terminal.sees(/Sandpiper Hotels +bms +on/)
    expect(await terminal.ended).toBe(0)
  })

  it('is found by its mail domain too', async () => {
    const terminal = openTerminal(['tenant', 'use'], ground.home)
    await terminal.sees('Which tenant?')
    terminal.type('gpi-claims')
    await terminal.sees('gpi-claims\n❯ Granite Peak Insurance')
    terminal.type(keys.enter)
    await terminal.sees('Commands now mean Granite Peak Insurance.')
    expect(await terminal.ended).toBe(0)
    expect(JSON.parse((await ground.k1ctl(['tenant', 'show', '--json'])).stdout).name).toBe('Granite Peak Insurance')
  })

  it('ends with 130 on Ctrl-C, and nothing was asked of any system', async () => {
    const terminal = openTerminal(['status'], ground.home)
    await terminal.sees('Which tenant?')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(terminal.text()).toContain('cancelled: Nothing was changed.')
    expect(await ground.calls('bms')).toEqual([])
  })

  it('is told, and not asked, with --no-input', async () => {
    const terminal = openTerminal(['status', '--no-input'], ground.home)
    expect(await terminal.ended).toBe(4)
    expect(terminal.text()).not.toContain('Which tenant?')
  })

  it('is told, and not asked, where CI is set', async () => {
    const terminal = openTerminal(['status'], ground.home, { env: { CI: '1' } })
    expect(await terminal.ended).toBe(4)
    expect(terminal.text()).not.toContain('Which tenant?')
  })
})

const change = ['unified-login', 'enable', 'graphus', '--tenant', 'Northwind Dental']

describeInTerminal('the question before a change', () => {
  it('comes after what would change; yes makes it', async () => {
    const terminal = openTerminal(change, ground.home)
    await terminal.sees('Tenant: Northwind Dental')
    await terminal.sees('Log In with KaseyaOne')
    await terminal.sees('Make this change?')
    expect(await ground.writes('graphus')).toEqual([])
    terminal.answer('y')
    await terminal.sees('proved')
    expect(await terminal.ended).toBe(0)
    expect(await ground.writes('graphus')).toHaveLength(1)
  })

  it.each([
    ['no', 'n\r'],
    ['Enter alone', '\r'],
    ['Ctrl-C', keys.ctrlC],
    ['Esc', keys.escape],
  ])('%s changes nothing: exit 130', async (_, pressed) => {
    const terminal = openTerminal(change, ground.home)
    await terminal.sees('Make this change?')
    terminal.type(pressed)
    expect(await terminal.ended).toBe(130)
    expect(terminal.text()).not.toMatch(/✔/)
    expect(terminal.text()).toMatch(/[Nn]othing was changed\./)
    expect(await ground.writes('graphus')).toEqual([])
    expect(JSON.parse((await ground.k1ctl(['runs', 'list', '--json'])).stdout)).toEqual([])
  })

  it('takes another word for no answer, says what is one, and asks on', async () => {
    const terminal = openTerminal(change, ground.home)
    await terminal.sees('Make this change?')
    terminal.answer('k1ctl status')
    await terminal.sees('Answer y or n.')
    terminal.type(keys.backspace.repeat('k1ctl status'.length))
    terminal.answer('n')
    expect(await terminal.ended).toBe(130)
    expect(await ground.writes('graphus')).toEqual([])
  })

  it('ends with 130 when it is terminated while it waits', async () => {
    const terminal = openTerminal(change, ground.home)
    await terminal.sees('Make this change?')
    process.kill(terminal.pid, 'SIGTERM')
    expect(await terminal.ended).toBe(130)
    expect(await ground.writes('graphus')).toEqual([])
  })

  it('is asked before connections are forgotten', async () => {
    const remove = () => openTerminal(['tenant', 'remove', 'Old Mill Dairy'], ground.home)
    const first = remove()
    await first.sees('Forget Old Mill Dairy')
    first.answer('n')
    expect(await first.ended).toBe(130)
    expect((await ground.k1ctl(['tenant', 'show', 'Old Mill Dairy'])).code).toBe(0)
    const second = remove()
    await second.sees('Forget Old Mill Dairy')
    second.answer('y')
    expect(await second.ended).toBe(0)
    expect((await ground.k1ctl(['tenant', 'show', 'Old Mill Dairy'])).code).toBe(4)
  })
})

describeInTerminal('jit defaults set bms', () => {
  const tenant = ['--tenant', 'Blue Heron Logistics']

  it('asks for each of the seven that is missing, with a list that is searched by typing', async () => {
    const before = await ground.k1ctl(['jit', 'defaults', 'show', 'bms', ...tenant, '--json'])
    expect(JSON.parse(before.stdout).map((d: { id: string | null }) => d.id)).toEqual(Array(7).fill(null))
    const options = await ground.k1ctl(['jit', 'defaults', 'options', 'bms', ...tenant, '--json'])
    const names = new Map<string, string>()
    for (const o of JSON.parse(options.stdout)) if (!o.administrator) names.set(o.default, o.name)

    const terminal = openTerminal(
      ['jit', 'defaults', 'set', 'bms', ...tenant, '--department', names.get('department') ?? ''],
      ground.home,
    )
    const questions: [string, string][] = [
      ['location', 'location'],
      ['manager', 'manager'],
      ['job title', 'job-title'],
      ['security role', 'security-role'],
      ['employee role', 'employee-role'],
    ]
    const asked = new Set<string>()
    for (let n = 0; n < 6; n++) {
      await terminal.sees(/\? (Default [a-z ]+|Employment type[^\n]*)/i)
      const line = terminal.text().split('? ').at(-1) ?? ''
      if (/^Employment type/i.test(line)) {
        asked.add('employment-type')
        terminal.answer('1')
      } else {
        const [, key = ''] = questions.find(([title]) => line.startsWith(`Default ${title}`)) ?? []
        asked.add(key)
        const name = names.get(key) ?? 'nothing to choose'
        await terminal.sees('type to search')
        terminal.type(name)
        await terminal.sees(`${name}\n❯ ${name}`)
        terminal.type(keys.enter)
      }
      await terminal.sees('✔')
    }
    expect([...asked].sort()).toEqual(
      ['employment-type', 'location', 'manager', 'job-title', 'security-role', 'employee-role'].sort(),
    )
    await terminal.sees('Make this change?')
    terminal.answer('y')
    expect(await terminal.ended).toBe(0)
    const after = await ground.k1ctl(['jit', 'defaults', 'show', 'bms', ...tenant, '--json'])
    const kept = JSON.parse(after.stdout)
    expect(kept.every((d: { id: string | null }) => d.id !== null)).toBe(true)
    expect(kept.find((d: { default: string }) => d.default === 'manager').name).toBe(names.get('manager'))
  })
})

describeInTerminal('offboard without a name', () => {
  const words = ['offboard', '--dry-run', '--tenant', 'Ironbridge Machining']

  it('looks for a part of it everywhere, and the person picks from the list', { timeout: 60_000 }, async () => {
    const terminal = openTerminal(words, ground.home, { columns: 80, rows: 24 })
    await terminal.sees('? Who leaves?')
    terminal.answer('torres')
    await terminal.sees('? Who?')
    terminal.type('diego')
    // Enter is not heard before the list has only those that were typed.
    await terminal.sees(/diego *\n❯ Diego Torres *\n *\n/)
    terminal.type(keys.enter)
    await terminal.sees('diego.torres@ironbridge.example')
    expect(await terminal.ended).not.toBe(130)
  })

  it('is left with Esc, and nobody is offboarded', async () => {
    const terminal = openTerminal(words, ground.home, { columns: 80, rows: 24 })
    await terminal.sees('? Who leaves?')
    terminal.answer('torres')
    await terminal.sees('? Who?')
    terminal.type('\x1b')
    expect(await terminal.ended).toBe(130)
    for (const system of Object.keys(ground.sandbox.systems)) expect(await ground.writes(system)).toEqual([])
  })
})
