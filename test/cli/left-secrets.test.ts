import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import { type Ground, openGround, type RunOptions } from './harness.ts'
import { northwind, tenant } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

/** Secrets that were to be kept, or to go, where no place lets them. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind())
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

/** A Node that is not there makes a keyring that does not work. */
const noKeyring = { node: '/nowhere/node' }
const leftover = { ref: 'scim:elsewhere', place: 'keyring' }

interface Kept {
  version: number
  connections: { system: string; place: string; secretRef?: string }[]
  leaving?: { ref: string; place: string }[]
}
const path = () => join(ground.home, 'config.json')
const config = (): Kept => JSON.parse(readFileSync(path(), 'utf8'))
const put = (change: Partial<Kept>) => writeFileSync(path(), JSON.stringify({ ...config(), ...change }))
const k1ctl = (words: string[], options: RunOptions = {}) => ground.k1ctl(words, { ...noKeyring, ...options })

function connect(options: RunOptions, ...more: string[]) {
  const { url = '', credentials = {} } = ground.sandbox.systems.graphus ?? {}
  const { username = '', company = '', password = '' } = credentials
  const words = ['connect', 'graphus', '--url', url, '--username', username, '--company', company]
  return k1ctl([...words, '--password-stdin', ...more], { stdin: password, ...options })
}

describe('a first connection whose secret nobody keeps', () => {
  beforeEach(async () => {
    expect((await k1ctl(['disconnect', 'graphus'])).code).toBe(0)
  })

  it('no safe place: it says the ways out, leaves no note, and one of them works', async () => {
    const ran = await connect({})
    expect(ran).toMatchObject({ code: 4, stderr: expect.stringContaining('--keep plain') })
    expect(config().leaving).toBe(undefined)
    expect(config().connections.some(c => c.system === 'graphus')).toBe(false)
    expect((await connect({}, '--keep', 'plain')).code).toBe(0)
    expect(config().connections.find(c => c.system === 'graphus')?.place).toBe('plain')
  })

  it('somebody leaves at the question for a passphrase: no note, and connecting again works', async () => {
    const leaves = async () => {
      throw new K1Error('cancelled', 'Cancelled.')
    }
    const { password = '' } = ground.sandbox.systems.graphus?.credentials ?? {}
    let asked = 0
    const prompter = scriptedPrompter({
      password: async message => {
        asked += 1
        return /passphrase/i.test(message) ? leaves() : password
      },
    })
    const { url = '', credentials = {} } = ground.sandbox.systems.graphus ?? {}
    const words = ['connect', 'graphus', '--url', url, '--username', `${credentials.username}`]
    const ran = await k1ctl([...words, '--company', `${credentials.company}`], { prompter })
    expect([ran.code, asked], ran.stderr).toEqual([130, 2])
    expect(config().leaving).toBe(undefined)
    expect((await connect({ env: { K1CTL_PASSPHRASE: 'correct horse battery' } })).code).toBe(0)
    expect(config().connections.find(c => c.system === 'graphus')?.place).toBe('sealed')
    expect(config().leaving).toBe(undefined)
  })
})

describe('a secret that is left where it cannot be removed', () => {
  beforeEach(() => put({ version: 3, leaving: [leftover] }))

  it('hinders no connection, no disconnection and no tenant that it has nothing to do with, and each says so', async () => {
    const told = expect.stringContaining(
      'A secret that is not used any more still lies here, scim:elsewhere in the keyring: ',
    )
    expect(await connect({}, '--keep', 'plain')).toMatchObject({ code: 0, stderr: told })
    expect(await k1ctl(['disconnect', 'graphus'])).toMatchObject({ code: 0, stderr: told })
    expect(await k1ctl(['tenant', 'remove', tenant, '--yes'])).toMatchObject({ code: 0, stderr: told })
    expect(config().leaving).toEqual([leftover])
  })

  it('is what doctor complains of, until it is told to forget it', async () => {
    const rows = async (...words: string[]) => {
      const { stdout } = await k1ctl(['doctor', '--json', ...words])
      return JSON.parse(stdout).filter((row: { what: string }) => row.what === 'secrets left over')
    }
    expect(await rows()).toMatchObject([{ state: 'fail', next: expect.stringContaining('k1ctl doctor --forget-left') }])
    expect(await rows('--forget-left')).toMatchObject([
      { state: 'warn', detail: expect.stringContaining('It stays there, and is not tried again') },
    ])
    expect(config().leaving).toBe(undefined)
    expect(await rows()).toEqual([])
  })

  it('by the command itself: that one fails, and the next one only tells', async () => {
    put({ connections: config().connections.map(c => (c.system === 'graphus' ? { ...c, place: 'keyring' } : c)) })
    const ran = await k1ctl(['disconnect', 'graphus'])
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(/graphus\S* .* in the keyring/) })
    expect(config().leaving).toHaveLength(2)
    expect(await k1ctl(['disconnect', 'bms'])).toMatchObject({ code: 0, stderr: expect.stringContaining('keyring') })
  })

  it('stays written down when the same place refuses its successor', async () => {
    put({ leaving: [{ ref: `graphus:${tenant}`, place: 'keyring' }], connections: [] })
    expect((await connect({})).code).toBe(4)
    expect(config().leaving).toEqual([{ ref: `graphus:${tenant}`, place: 'keyring' }])
  })
})
