import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import { redact } from '../../src/core/redact.ts'
import type { SecretStore } from '../../src/core/stores.ts'
import type { Home } from '../../src/store/home.ts'
import { openKeyring } from '../../src/store/keyring.ts'
import { openSecrets, type SecretStoreOptions } from '../../src/store/secret-store.ts'
import { openUnlockedKey } from '../../src/store/unlocked-key.ts'
import { bundleChild, failureOf, makeFolder, makeHome, processes, readAll, startChild } from './ground.ts'

const library = join(import.meta.dirname, 'keyring-library.cjs')
const noKeyring = { node: process.execPath, library: join(import.meta.dirname, 'no-such-library.cjs') }
const passphrase = 'correct horse battery'
const values = { password: 'P4ss"wörd-of-amy', refreshToken: 'eyJhbGciOi.refresh.token' }
const env = { PATH: process.env.PATH }

function makeSecrets(home: Home, options: Partial<SecretStoreOptions> = {}): SecretStore {
  return openSecrets({ home, env, processes, keyring: noKeyring, ...options })
}

/** A store whose keyring is the trial one, in a file that the test can look at. */
function withTrialKeyring(home: Home, more: Record<string, string> = {}): { secrets: SecretStore; file: string } {
  const folder = makeFolder()
  const copy = join(folder, 'keyring-library.cjs')
  copyFileSync(library, copy)
  const keyring = { node: process.execPath, library: copy }
  return { file: join(folder, 'keyring.json'), secrets: makeSecrets(home, { env: { ...env, ...more }, keyring }) }
}

/** No file below the folder holds any of the values, in any of the shapes that a leak would take. */
function expectNoSecretIn(folder: string): void {
  for (const [path, text] of readAll(folder)) {
    for (const value of [...Object.values(values), passphrase]) {
      const base64 = Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -1)
      for (const shape of [Buffer.from(value).toString('latin1'), base64, Buffer.from(value).toString('hex')]) {
        expect(text.includes(shape), `${path} holds a secret`).toBe(false)
      }
    }
  }
}

describe('the sealed file', () => {
  test('keeps secrets for the next process, and nobody else', async () => {
    const home = makeHome()
    const sealing = { env: { ...env, K1CTL_PASSPHRASE: passphrase } }
    expect(await makeSecrets(home, sealing).write('northwind/bms', values)).toBe('sealed')
    const next = makeSecrets(home, sealing)
    expect(await next.write('__proto__', { password: 'another-one' }, 'sealed')).toBe('sealed')
    expect(await next.read('northwind/bms', 'sealed')).toEqual(values)
    expect(await next.read('__proto__', 'sealed')).toEqual({ password: 'another-one' })
    expect(await failureOf(next.read('toString', 'sealed'))).toMatchObject({ kind: 'not-set-up' })
    expectNoSecretIn(home.config)
    const file = join(home.config, 'secrets', 'sealed.json')
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      format: 'k1ctl-sealed',
      version: 1,
      kdf: { name: 'scrypt', N: 131072, r: 8, p: 1 },
      cipher: 'aes-256-gcm',
    })

    const nonce = JSON.parse(readFileSync(file, 'utf8')).nonce
    await next.remove('__proto__', 'sealed')
    expect(JSON.parse(readFileSync(file, 'utf8')).nonce).not.toBe(nonce)
    expect(await next.read('northwind/bms', 'sealed')).toEqual(values)
    await next.remove('northwind/bms', 'sealed')
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
    await next.remove('northwind/bms', 'sealed')
    expect(await failureOf(next.read('northwind/bms', 'sealed'))).toMatchObject({ kind: 'not-set-up' })
  })

  test('what was read or written is known to redaction', async () => {
    const home = makeHome()
    const sealing = { env: { ...env, K1CTL_PASSPHRASE: 'a phrase for redaction' } }
    await makeSecrets(home, sealing).write('a/b', { token: 'only-in-this-test-1' }, 'sealed')
    expect(redact('x only-in-this-test-1 a phrase for redaction')).toBe('x [secret] [secret]')
  })

  test('a wrong passphrase opens nothing, and says that the file is undamaged', async () => {
    const home = makeHome()
    await makeSecrets(home, { env: { ...env, K1CTL_PASSPHRASE: passphrase } }).write('a/b', values, 'sealed')
    const file = join(home.config, 'secrets', 'sealed.json')
    const before = readFileSync(file, 'utf8')
    const wrong = makeSecrets(home, { env: { ...env, K1CTL_PASSPHRASE: 'not that passphrase' } })
    const works = [wrong.read('a/b', 'sealed'), wrong.write('c/d', values, 'sealed'), wrong.remove('a/b', 'sealed')]
    for (const error of await Promise.all(works.map(failureOf))) {
      expect(error.kind).toBe('storage')
      expect(error.message).toBe(`The passphrase does not open the sealed secrets in ${file}.`)
      expect(error.hint).toMatch(/undamaged.*wrong passphrase, or somebody altered the file on purpose/)
    }
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test.skipIf(!process.getuid)('an agent with a key that opens nothing has not the last word', async () => {
    const home = makeHome()
    await makeSecrets(home, { env: { ...env, K1CTL_PASSPHRASE: passphrase } }).write('a/b', values, 'sealed')
    const path = join(home.config, 'secrets', 'sealed.json')
    const [user, temporary] = [process.getuid?.(), makeFolder()]
    const runtime = { XDG_RUNTIME_DIR: temporary }
    const ours = { user: user ?? 0, ...processes }
    const kept = openUnlockedKey({ env: runtime, temporary, user, path, node: process.execPath })
    onTestFinished(async () => void (await kept.end()))
    await kept.keep(JSON.parse(readFileSync(path, 'utf8')).kdf, Buffer.alloc(32), 60_000)
    let asked = 0
    const askPassphrase = async () => {
      asked += 1
      return passphrase
    }
    const secrets = (ask: boolean) =>
      makeSecrets(home, {
        env: { ...env, ...runtime },
        processes: ours,
        ...(ask ? { askPassphrase } : {}),
      })
    const store = secrets(true)
    const [one, other] = await Promise.all([1, 2].map(() => store.read('a/b', 'sealed')))
    expect([one, other, asked]).toEqual([values, values, 1])
    await secrets(true).write('c/d', { token: 'another-token' }, 'sealed')
    expect(await makeSecrets(home, { env: { ...env, K1CTL_PASSPHRASE: passphrase } }).read('c/d', 'sealed')).toEqual({
      token: 'another-token',
    })
    expect(await failureOf(secrets(false).read('a/b', 'sealed'))).toMatchObject({ kind: 'not-set-up' })
  })

  const damage: [string, (text: string) => string][] = [
    ['cut in half', text => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['one letter of the data', text => text.replace(/("data": "....)(.)/, (_, a, b) => `${a}${b === 'A' ? 'B' : 'A'}`)],
    ['another salt', text => text.replace(/("salt": ")(.)/, (_, a, b) => `${a}${b === 'A' ? 'B' : 'A'}`)],
    ['other parameters', text => text.replace('"N": 131072', '"N": 65536')],
    ['a data member that is gone', text => text.replace(/"data": "[^"]*",/, '')],
  ]
  test.each(damage)('damage (%s) is told from a wrong passphrase, and nothing is overwritten', async (_, harm) => {
    const home = makeHome()
    const secrets = makeSecrets(home, { env: { ...env, K1CTL_PASSPHRASE: passphrase } })
    await secrets.write('a/b', values, 'sealed')
    const file = join(home.config, 'secrets', 'sealed.json')
    const harmed = harm(readFileSync(file, 'utf8'))
    expect(harmed).not.toBe(readFileSync(file, 'utf8'))
    writeFileSync(file, harmed)
    for (const work of [() => secrets.read('a/b', 'sealed'), () => secrets.write('c/d', values, 'sealed')]) {
      const error = await failureOf(work())
      expect(error).toMatchObject({ kind: 'storage', facts: { path: file } })
      expect(error.message).toMatch(/are damaged/)
    }
    expect(readFileSync(file, 'utf8')).toBe(harmed)
  })

  test('a file that demands an absurd amount of work is refused before any is done', async () => {
    const home = makeHome()
    mkdirSync(join(home.config, 'secrets'))
    const kdf = { name: 'scrypt', N: 2 ** 30, r: 8, p: 1, salt: 'AAAA' }
    const text = { format: 'k1ctl-sealed', version: 1, kdf, cipher: 'aes-256-gcm', nonce: 'AAAA', data: 'AAAA' }
    writeFileSync(join(home.config, 'secrets', 'sealed.json'), JSON.stringify({ ...text, checksum: '' }))
    const secrets = makeSecrets(home, { env: { ...env, K1CTL_PASSPHRASE: passphrase } })
    expect((await failureOf(secrets.read('a/b', 'sealed'))).message).toMatch(/are damaged/)
  })

  test('a person is asked once, and again after a mistake', async () => {
    const home = makeHome()
    const asked: string[] = []
    const replies = ['short', passphrase].values()
    const asking = makeSecrets(home, {
      askPassphrase: async purpose => {
        asked.push(purpose)
        return replies.next().value ?? 'never'
      },
    })
    expect(await failureOf(asking.write('a/b', values))).toMatchObject({ kind: 'usage' })
    expect(await asking.write('a/b', values)).toBe('sealed')
    await Promise.all([asking.write('c/d', values, 'sealed'), asking.read('a/b', 'sealed')])
    expect(asked).toEqual(['create', 'create'])

    const again: string[] = []
    const answers = ['mistyped passphrase', passphrase].values()
    const opening = makeSecrets(home, {
      askPassphrase: async purpose => {
        again.push(purpose)
        return answers.next().value ?? 'never'
      },
    })
    expect(await failureOf(opening.read('a/b', 'sealed'))).toMatchObject({ kind: 'storage' })
    expect(await Promise.all([opening.read('a/b', 'sealed'), opening.read('c/d', 'sealed')])).toEqual([values, values])
    expect(again).toEqual(['open', 'open'])
  })

  test('writers at once lose nothing of each other', async () => {
    const home = makeHome()
    const stores = [1, 2].map(() => makeSecrets(home, { env: { ...env, K1CTL_PASSPHRASE: passphrase } }))
    const refs = Array.from({ length: 8 }, (_, i) => `ref-${i}`)
    await Promise.all(refs.map((ref, i) => stores[i % 2]?.write(ref, { ref }, 'sealed')))
    for (const ref of refs) expect(await stores[0]?.read(ref, 'sealed')).toEqual({ ref })
  })
})

describe('which place', () => {
  test('the keyring comes first, and leaves no file', async () => {
    const home = makeHome()
    const { secrets, file } = withTrialKeyring(home, { K1CTL_PASSPHRASE: passphrase })
    expect(await secrets.write('northwind/bms', values)).toBe('keyring')
    expect(await secrets.read('northwind/bms', 'keyring')).toEqual(values)
    expect(readAll(home.config).size).toBe(0)
    const kept = Buffer.from(JSON.parse(readFileSync(file, 'utf8'))['k1ctl|northwind/bms'], 'base64').toString('utf8')
    expect(JSON.parse(kept)).toEqual(values)
    await secrets.remove('northwind/bms', 'keyring')
    expect(await failureOf(secrets.read('northwind/bms', 'keyring'))).toMatchObject({ kind: 'not-set-up' })
    await secrets.remove('northwind/bms', 'keyring')
  })

  test.each(['refuses', 'forgets', 'dies'])('a keyring that %s is passed over for the sealed file', async how => {
    const home = makeHome()
    const { secrets } = withTrialKeyring(home, { K1CTL_PASSPHRASE: passphrase })
    expect(await secrets.write(`${how}/bms`, values)).toBe('sealed')
    const error = await failureOf(secrets.write(`${how}/bms`, values, 'keyring'))
    expect(error.message).toMatch(/^The keyring cannot be used: /)
    expect(error.message).not.toContain('second line')
    // It is only this entry that it refuses: after that it is asked again, in a new process where the old one died.
    expect(await secrets.write('northwind/bms', values)).toBe('keyring')
  })

  test('a keyring that hangs is ended at the deadline, and not asked again', async () => {
    const home = makeHome()
    const { secrets } = withTrialKeyring(home)
    const began = performance.now()
    const error = await failureOf(secrets.write('hangs/bms', values, 'keyring'))
    expect(error).toMatchObject({ kind: 'storage', message: 'The keyring did not answer within 2 s.' })
    expect(performance.now() - began).toBeLessThan(3_000)
    const then = performance.now()
    expect(await failureOf(secrets.read('northwind/bms', 'keyring'))).toMatchObject({ kind: 'storage' })
    expect(performance.now() - then).toBeLessThan(100)
  })

  test('with neither keyring nor passphrase the three ways out are named', async () => {
    const home = makeHome()
    const unattended = async (): Promise<string> => {
      throw new K1Error('unattended', 'Nobody can be asked.')
    }
    for (const options of [{}, { askPassphrase: unattended }]) {
      const error = await failureOf(makeSecrets(home, options).write('a/b', values))
      expect(error.kind).toBe('not-set-up')
      expect(error.hint).toMatch(/keyring.*K1CTL_PASSPHRASE.*"plain"/)
      expect(error.facts.keyring).toMatch(/cannot be used/)
    }
    expect(readAll(home.config).size).toBe(0)
    const cancelling = async (): Promise<string> => {
      throw new K1Error('cancelled', 'Cancelled.')
    }
    const cancelled = makeSecrets(home, { askPassphrase: cancelling })
    expect(await failureOf(cancelled.write('a/b', values))).toMatchObject({ kind: 'cancelled' })
  })

  test('plain only when asked for by name', async () => {
    const home = makeHome()
    const secrets = makeSecrets(home)
    expect(await secrets.write('CON/../a:b', values, 'plain')).toBe('plain')
    await secrets.write('c/d', { token: 'x' }, 'plain')
    const files = [...readAll(home.config).keys()]
    expect(files).toEqual([join(home.config, 'secrets', 'plain.json')])
    expect(await makeSecrets(home).read('CON/../a:b', 'plain')).toEqual(values)
    if (process.platform !== 'win32') expect(statSync(files[0] ?? '').mode & 0o777).toBe(0o600)
    await secrets.remove('CON/../a:b', 'plain')
    await secrets.remove('c/d', 'plain')
    expect(readAll(home.config).size).toBe(0)

    writeFileSync(files[0] ?? '', `{"secrets": {"a": {"password": "${values.password}"`)
    const error = await failureOf(secrets.write('a/b', values, 'plain'))
    expect(error).toMatchObject({ kind: 'storage' })
    expect(error.cause).toBeUndefined()
    expect(`${error.message}${error.stack}`).not.toContain('P4ss')
  })

  test('a line separator in a secret is part of it, in the keyring too', async () => {
    const odd = { password: 'one\u2028two\u2029three\nfour' }
    const { secrets } = withTrialKeyring(makeHome())
    expect(await secrets.write('a/b', odd, 'keyring')).toBe('keyring')
    expect(await secrets.read('a/b', 'keyring')).toEqual(odd)
  })

  test('the environment is never written', async () => {
    const secrets = makeSecrets(makeHome())
    expect(await failureOf(secrets.write('a/b', values, 'environment'))).toMatchObject({ kind: 'usage' })
    expect(await failureOf(secrets.read('a/b', 'environment'))).toMatchObject({ kind: 'not-set-up' })
    await secrets.remove('a/b', 'environment')
  })

  test('probe tells of every place, and leaves nothing behind', async () => {
    const home = makeHome()
    const { secrets, file } = withTrialKeyring(home, { K1CTL_PASSPHRASE: passphrase, K1CTL_BMS_PASSWORD: 'x' })
    const good = await secrets.probe()
    expect(good.map(({ place, works }) => [place, works])).toEqual([
      ['environment', true],
      ['keyring', true],
      ['sealed', true],
      ['plain', true],
    ])
    expect(readFileSync(file, 'utf8')).toBe('{}')
    expect(readAll(home.config).size).toBe(0)

    expect(readdirSync(home.config)).toEqual([])

    mkdirSync(join(home.config, 'secrets'))
    writeFileSync(join(home.config, 'secrets', 'plain.json'), 'broken')
    const bad = await makeSecrets(home).probe()
    expect(bad.map(({ place, works }) => [place, works])).toEqual([
      ['environment', true],
      ['keyring', false],
      ['sealed', false],
      ['plain', false],
    ])
    for (const { why } of bad) expect(why.length).toBeGreaterThan(20)
  })
})

describe('the real keyring library', () => {
  const real = createRequire(import.meta.url).resolve('@napi-rs/keyring')
  let folder: string
  let program: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'k1ctl-child-'))
    program = await bundleChild(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('without a session bus says so', async ctx => {
    if (process.platform !== 'linux') ctx.skip('only Linux reaches its keyring over D-Bus')
    const keyring = openKeyring({ node: process.execPath, env: { ...env, XDG_RUNTIME_DIR: makeFolder() } })
    expect((await failureOf(keyring.probe())).message).toMatch(/^The keyring cannot be used: .*(DBus|dbus)/)
  })

  test('a session bus that never answers costs two seconds, and does not keep the process from ending', async ctx => {
    if (process.platform !== 'linux') ctx.skip('only Linux reaches its keyring over D-Bus')
    const socket = join(makeFolder(), 'bus')
    const connected: unknown[] = []
    const bus = createServer(connection => connected.push(connection.on('error', () => undefined)))
    await new Promise<void>(resolve => bus.listen(socket, resolve))
    onTestFinished(() => {
      bus.close()
    })
    const home = makeHome()
    const began = performance.now()
    const child = startChild(program, ['keep-secret', home.config, real], {
      env: { ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`, K1CTL_PASSPHRASE: passphrase },
    })
    expect(await child.ended).toEqual({ code: 0, signal: null })
    expect(child.lines).toEqual(['sealed'])
    expect(connected).toHaveLength(1)
    expect(performance.now() - began).toBeGreaterThan(1_900)
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('takes a secret and gives it back', async ctx => {
    if (process.platform !== 'linux') ctx.skip('it would write to the keyring of the person who runs this test')
    const keyring = openKeyring({ node: process.execPath, env, linuxStore: 'keyutils' })
    const works = await keyring.probe().then(
      () => '',
      (error: unknown) => String(error),
    )
    if (works !== '') ctx.skip(`the kernel keyring is closed here: ${works}`)
    const ref = `trial/${process.pid}`
    await keyring.write(ref, values)
    expect(await keyring.read(ref)).toEqual(values)
    await keyring.remove(ref)
    await keyring.remove(ref)
    expect(await keyring.read(ref)).toBeUndefined()
  })
})
