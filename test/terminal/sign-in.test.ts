import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { type Ground, openGround, runIn } from '../cli/harness.ts'
import { buildCommand, runBuilt } from '../process/built-command.ts'
import { describeInTerminal, keys, openTerminal, type Terminal } from './terminal.ts'

const twoFactor = { username: 'mina.park', password: 'Copper Kettle 17', code: '246810' }
const push = { username: 'luis.ortega', password: 'Violet=Anchor;58' }
const passphrase = 'nine small lanterns'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround('demo')
}, 60_000)
beforeEach(() => ground.reset())
afterAll(() => ground.close())

/** A home where nothing is set up but one tenant. */
async function newHome(tenant?: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'k1ctl-sign-in-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  if (tenant) expect((await runIn(home, ['tenant', 'add', tenant])).code).toBe(0)
  return home
}

const urlOf = (system: string) => ground.sandbox.systems[system]?.url ?? ''

async function giveAccount(terminal: Terminal, system: string, account: { username: string; password: string }) {
  await terminal.sees('? URL')
  terminal.answer(urlOf(system))
  await terminal.sees('KaseyaOne username')
  terminal.answer(account.username)
  await terminal.sees('KaseyaOne company name')
  terminal.answer('Brightwater IT')
  await terminal.sees('KaseyaOne password')
  terminal.answer(account.password)
}

async function connections(home: string) {
  return JSON.parse((await runIn(home, ['connections', '--json'])).stdout)
}

describeInTerminal('connect graphus', () => {
  it('asks for url, username, company, password, a 2FA code until it is right, and one of several tenants', async () => {
    const home = await newHome('Sandpiper Hotels')
    const terminal = openTerminal(['connect', 'graphus', '--keep', 'plain'], home)
    await terminal.sees('Tenant: Sandpiper Hotels')
    await giveAccount(terminal, 'graphus', twoFactor)
    await terminal.sees('2FA code for Graphus')
    terminal.answer('111111')
    await terminal.sees('That code was not right. 2FA code for Graphus')
    terminal.answer(twoFactor.code)
    await terminal.sees('This account sees several tenants in Graphus. Which one?')
    terminal.type('sandp')
    await terminal.sees('sandp\n❯ Sandpiper Hotels')
    terminal.type(keys.enter)
    await terminal.sees('Signed in to Graphus as mina.park (Sandpiper Hotels).')
    await terminal.sees('in plain text, as you asked')
    await terminal.sees("Next: k1ctl status --tenant 'Sandpiper Hotels'")
    expect(await terminal.ended).toBe(0)

    // Neither shown while it was typed, nor later.
    expect(terminal.raw()).not.toContain(twoFactor.password)
    expect(terminal.text()).toContain('•'.repeat(twoFactor.password.length))
    const codes = (await ground.calls('graphus')).filter(c => c.method === 'POST' && /^\/log-in\/[^/]+$/.test(c.path))
    expect(codes.map(c => c.status)).toEqual([401, 200])
    const [connection] = await connections(home)
    expect(connection).toMatchObject({ tenant: 'Sandpiper Hotels', system: 'graphus', settings: { tenantId: 't-033' } })
    expect(connection.secretFields).toEqual(['refreshToken'])

    const next = openTerminal(['status', 'graphus'], home)
    await next.sees(/Sandpiper Hotels +graphus/)
    expect(await next.ended).toBe(0)
    expect(next.text()).not.toContain('?')
  })

  it('keeps the spinner out of a question, however slow the person and the server are', async () => {
    await ground.fault('graphus', { path: 'log-in', delayMs: 500, times: 0 })
    const home = await newHome('Sandpiper Hotels')
    const terminal = openTerminal(['connect', 'graphus', '--keep', 'plain'], home)
    await giveAccount(terminal, 'graphus', twoFactor)
    await terminal.sees(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Signing in to Graphus/)
    await terminal.sees('2FA code for Graphus')
    await new Promise(resolve => setTimeout(resolve, 700))
    const [, after = ''] = terminal.text().split('? 2FA code for Graphus')
    expect(after).not.toContain('Signing in')
    terminal.answer(twoFactor.code)
    await terminal.sees(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Signing in to Graphus/)
    await terminal.sees('Which one?')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(await connections(home)).toEqual([])
  })

  it('does not show the password on Ctrl-T', async () => {
    const terminal = openTerminal(['connect', 'graphus'], await newHome('A'))
    await terminal.sees('? URL')
    terminal.answer(urlOf('graphus'))
    await terminal.sees('username')
    terminal.answer('a')
    await terminal.sees('company')
    terminal.answer('b')
    await terminal.sees('password')
    terminal.type(`open sesame${keys.ctrlT}`)
    await terminal.sees('•••')
    await new Promise(resolve => setTimeout(resolve, 200))
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(terminal.raw()).not.toContain('sesame')
  })

  it('gives up after three wrong codes, and writes nothing', async () => {
    const home = await newHome('A')
    const terminal = openTerminal(['connect', 'graphus', '--keep', 'plain'], home)
    await giveAccount(terminal, 'graphus', twoFactor)
    for (const code of ['111111', '222222', '333333']) {
      // Asked again it stands behind its mark; what was answered before stands behind another one.
      await terminal.sees(
        code === '111111' ? '? 2FA code for Graphus' : '? That code was not right. 2FA code for Graphus',
      )
      terminal.answer(code)
      await terminal.sees('✔')
    }
    expect(await terminal.ended).toBe(4)
    expect(terminal.text()).toContain('error:')
    expect(await connections(home)).toEqual([])
  })

  it('asks again for a code that is none, without sending it', async () => {
    const terminal = openTerminal(['connect', 'graphus', '--keep', 'plain'], await newHome('A'))
    await giveAccount(terminal, 'graphus', twoFactor)
    await terminal.sees('2FA code')
    terminal.answer('12ab')
    await terminal.sees('Six to eight digits.')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(
      (await ground.calls('graphus')).filter(c => /^\/log-in\/[^/]+$/.test(c.path) && c.method === 'POST'),
    ).toEqual([])
  })

  it('says that a wrong password is wrong', async () => {
    const home = await newHome('A')
    const terminal = openTerminal(['connect', 'graphus'], home)
    await giveAccount(terminal, 'graphus', { ...twoFactor, password: 'not this one' })
    for (const attempt of [2, 3]) {
      await terminal.sees('error:')
      await terminal.sees(`Try ${attempt} of 3.`)
      for (const question of ['username', 'company', 'password']) {
        await terminal.sees(question)
        terminal.answer('')
      }
    }
    await terminal.sees('error:')
    expect(await terminal.ended).toBe(4)
    expect(await connections(home)).toEqual([])
  })
})

describeInTerminal('connect kaseyaone with a push', () => {
  const account = ['--set', 'tenantId=t-033', '--keep', 'plain']

  it('waits with a spinner until the push is approved', async () => {
    const home = await newHome('Sandpiper Hotels')
    const terminal = openTerminal(['connect', 'kaseyaone', ...account], home)
    await giveAccount(terminal, 'kaseyaone', push)
    await terminal.sees('Approve the sign-in of luis.ortega to KaseyaOne in the KaseyaOne app (Ctrl-C cancels)')
    const [waiting] = (await ground.control('kaseyaone', 'pushes')) as { challenge: string }[]
    await ground.control('kaseyaone', 'push', {
      method: 'POST',
      body: JSON.stringify({ challenge: waiting?.challenge, approve: true }),
    })
    await terminal.sees('Approved')
    await terminal.sees('Signed in to KaseyaOne as luis.ortega')
    expect(await terminal.ended).toBe(0)
    expect(terminal.raw()).not.toContain(push.password)
    expect((await connections(home))[0]).toMatchObject({ system: 'kaseyaone', settings: { tenantId: 't-033' } })
  })

  it('withdraws the push on Ctrl-C: exit 130, nothing is kept', async () => {
    const home = await newHome('Sandpiper Hotels')
    const terminal = openTerminal(['connect', 'kaseyaone', ...account], home)
    await giveAccount(terminal, 'kaseyaone', push)
    await terminal.sees('(Ctrl-C cancels)')
    terminal.type(keys.ctrlC)
    await terminal.sees('Not approved')
    await terminal.sees('cancelled: The push was withdrawn.')
    expect(await terminal.ended).toBe(130)
    const withdrawn = (await ground.calls('kaseyaone')).filter(c => c.method === 'DELETE')
    expect(withdrawn).toMatchObject([{ path: expect.stringMatching(/^\/log-in\/[^/]+$/), status: 204 }])
    expect(await ground.control('kaseyaone', 'pushes')).toMatchObject([{ state: 'over' }])
    expect(await connections(home)).toEqual([])
  })

  it('ends when it is denied on the phone', async () => {
    const home = await newHome('Sandpiper Hotels')
    const terminal = openTerminal(['connect', 'kaseyaone', ...account], home)
    await giveAccount(terminal, 'kaseyaone', push)
    await terminal.sees('(Ctrl-C cancels)')
    const [waiting] = (await ground.control('kaseyaone', 'pushes')) as { challenge: string }[]
    await ground.control('kaseyaone', 'push', {
      method: 'POST',
      body: JSON.stringify({ challenge: waiting?.challenge, approve: false }),
    })
    await terminal.sees('Not approved')
    await terminal.sees('error:')
    expect([1, 4]).toContain(await terminal.ended)
    expect(await connections(home)).toEqual([])
  })
})

describeInTerminal('connect bms', () => {
  it('offers the regions, takes another host, and names the first tenant', async () => {
    const home = await newHome()
    const { username = '', company = '', password = '' } = ground.sandbox.systems.bms?.credentials ?? {}
    const terminal = openTerminal(['connect', 'bms', '--keep', 'plain'], home)
    await terminal.sees('Name of the first tenant')
    terminal.answer("O'Hara & Sons")
    await terminal.sees('API host')
    await terminal.sees('Europe, Middle East and Africa')
    terminal.type('another')
    await terminal.sees('another\n❯ another')
    terminal.type(keys.enter)
    await terminal.sees('API host')
    await terminal.sees('? API host')
    terminal.answer(urlOf('bms'))
    await terminal.sees('? User name')
    terminal.answer(username)
    await terminal.sees('? Company')
    terminal.answer(company)
    await terminal.sees('? Password')
    terminal.answer(password)
    await terminal.sees(`Next: k1ctl status --tenant 'O'\\''Hara & Sons'`)
    expect(await terminal.ended).toBe(0)
    expect(terminal.raw()).not.toContain(password)
    expect((await connections(home))[0]).toMatchObject({ tenant: "O'Hara & Sons", system: 'bms', place: 'plain' })
  })

  it('writes nothing when it is cancelled at the password, not even the tenant', async () => {
    const home = await newHome()
    const words = ['connect', 'bms', '--url', urlOf('bms'), '--username', 'k1ctl-api', '--company', 'Northwind Dental']
    const terminal = openTerminal(words, home)
    await terminal.sees('Name of the first tenant')
    terminal.answer('Northwind')
    await terminal.sees('Password')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(existsSync(join(home, 'config.json'))).toBe(false)
  })
})

describeInTerminal('the sealed file', () => {
  const words = () => {
    const { username = '', company = '' } = ground.sandbox.systems.bms?.credentials ?? {}
    return ['connect', 'bms', '--url', urlOf('bms'), '--username', username, '--company', company, '--keep', 'sealed']
  }
  const password = () => ground.sandbox.systems.bms?.credentials.password ?? ''

  async function sealedHome(): Promise<string> {
    const home = await newHome('Northwind Dental')
    const terminal = openTerminal(words(), home)
    await terminal.sees('? Password')
    terminal.answer(password())
    await terminal.sees('New passphrase')
    terminal.answer(passphrase)
    await terminal.sees('The same again')
    terminal.answer(passphrase)
    await terminal.sees('kept in a sealed file')
    expect(await terminal.ended).toBe(0)
    expect(terminal.raw()).not.toContain(passphrase)
    return home
  }

  it('asks for a new passphrase twice, and for the same once later, out of the way of the spinner', async () => {
    const home = await sealedHome()
    const sealed = readFileSync(join(home, 'secrets', 'sealed.json'), 'utf8')
    expect(sealed).not.toContain(password())
    const status = openTerminal(['status', 'bms'], home)
    await status.sees('Passphrase of the sealed secrets')
    await new Promise(resolve => setTimeout(resolve, 400))
    status.answer(passphrase)
    await status.sees(/Northwind Dental +bms +on/)
    expect(await status.ended).toBe(0)
    expect(status.text().split('? Passphrase')[1]).not.toContain('Reading')
  })

  it('is opened for doctor, too, by whoever is asked, and by the environment where nobody can be', async () => {
    const home = await sealedHome()
    const doctor = openTerminal(['doctor', '--all'], home)
    await doctor.sees('Passphrase of the sealed secrets')
    doctor.answer(passphrase)
    await doctor.sees(/ok +bms for Northwind Dental/)
    expect(await doctor.ended).toBe(0)

    const without = await runBuilt(['status', 'bms'], home)
    expect(without.stdout + without.stderr).toMatch(/passphrase/)
    expect([3, 4]).toContain(without.code)
    const given = await runBuilt(['status', 'bms'], home, { env: { K1CTL_PASSPHRASE: passphrase } })
    expect(given.code).toBe(0)
  })

  it('asks for both again when a passphrase was mistyped, and keeps nothing on Ctrl-C', async () => {
    const home = await newHome('Northwind Dental')
    const terminal = openTerminal(words(), home)
    await terminal.sees('? Password')
    terminal.answer(password())
    await terminal.sees('New passphrase')
    terminal.answer(passphrase)
    await terminal.sees('The same again')
    terminal.answer('nine small lantern')
    await terminal.sees('The two differ. Once more:')
    await terminal.sees('New passphrase')
    terminal.answer('short')
    await terminal.sees('At least 8 characters')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expect(existsSync(join(home, 'secrets', 'sealed.json'))).toBe(false)
    expect(await connections(home)).toEqual([])
  })

  it('forgets the secret with its connection', async () => {
    const home = await sealedHome()
    const terminal = openTerminal(['disconnect', 'bms'], home)
    await terminal.sees('Passphrase of the sealed secrets')
    terminal.answer(passphrase)
    await terminal.sees('Forgot how to sign in to BMS for Northwind Dental.')
    expect(await terminal.ended).toBe(0)
    expect(await connections(home)).toEqual([])
  })
})
