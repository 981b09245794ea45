import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isK1Error } from '../../src/core/errors.ts'
import { newRecipe } from '../../src/store/sealed-text.ts'
import { unlockSocket } from '../../src/store/unlock-socket.ts'
import { openUnlockedKey } from '../../src/store/unlocked-key.ts'

const user = process.getuid?.()

function ground(path = '/sealed.json') {
  const runtime = mkdtempSync(join(tmpdir(), 'k1ctl-unlock-'))
  const place = { env: { XDG_RUNTIME_DIR: runtime }, temporary: runtime, user, path }
  const kept = openUnlockedKey({ ...place, node: process.execPath })
  onTestFinished(async () => {
    await kept.end()
    rmSync(runtime, { recursive: true, force: true })
  })
  return { runtime, place, kept, folder: join(runtime, 'k1ctl') }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A child that ended and that nobody asked after is none that lives.
  const status = `/proc/${pid}/status`
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'))
}

async function isGone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false)
}

const hour = 3_600_000

describe.skipIf(user === undefined)('a key that an agent keeps', () => {
  it('is given back for its recipe alone, by a socket of this user alone', async () => {
    const { kept, place, folder } = ground()
    const [recipe, key] = [newRecipe(), randomBytes(32)]
    expect(await kept.find(recipe)).toBeUndefined()
    const { agent, until } = await kept.keep(recipe, key, hour)
    expect(await kept.find(recipe)).toEqual(key)
    expect(await kept.until(recipe)).toEqual({ agent, until })
    expect(Math.abs(Date.parse(until) - Date.now() - hour)).toBeLessThan(60_000)
    expect(await kept.find(newRecipe())).toBeUndefined()
    expect(await kept.until(newRecipe())).toBeUndefined()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(unlockSocket(place)).mode & 0o777).toBe(0o600)
    expect(await kept.end()).toBe(true)
    await isGone(agent)
    expect(await kept.find(recipe)).toBeUndefined()
    expect(await kept.end()).toBe(false)
  })

  it.skipIf(process.platform !== 'linux')('is in no argument and no environment of the agent', async () => {
    const { kept } = ground()
    const key = randomBytes(32)
    const { agent } = await kept.keep(newRecipe(), key, hour)
    for (const file of ['cmdline', 'environ']) {
      const shown = readFileSync(`/proc/${agent}/${file}`)
      for (const form of [key, Buffer.from(key.toString('base64')), Buffer.from(key.toString('hex'))]) {
        expect(shown.includes(form)).toBe(false)
      }
    }
    expect(readFileSync(`/proc/${agent}/environ`, 'utf8').replaceAll('\0', '')).toBe('')
  })

  it('of other sealed secrets is another', async () => {
    const { kept, place } = ground()
    const other = openUnlockedKey({ ...place, path: '/other.json', node: process.execPath })
    onTestFinished(async () => void (await other.end()))
    const recipe = newRecipe()
    await kept.keep(recipe, randomBytes(32), hour)
    expect(await other.find(recipe)).toBeUndefined()
    expect(await other.end()).toBe(false)
    expect(await kept.until(recipe)).toBeDefined()
  })

  it('is kept by the last of two agents, and the first one ends', async () => {
    const { kept } = ground()
    const [recipe, key] = [newRecipe(), randomBytes(32)]
    const first = await kept.keep(recipe, randomBytes(32), hour)
    const second = await kept.keep(recipe, key, hour)
    expect(await kept.find(recipe)).toEqual(key)
    await isGone(first.agent)
    const both = await Promise.all([kept.keep(recipe, key, hour), kept.keep(recipe, key, hour)])
    await isGone(second.agent)
    await expect.poll(() => both.filter(({ agent }) => isAlive(agent)).length, { timeout: 5_000 }).toBe(1)
    expect(await kept.find(recipe)).toEqual(key)
  })

  it('is gone with its time, and its process with it', async () => {
    const { kept } = ground()
    const recipe = newRecipe()
    const { agent } = await kept.keep(recipe, randomBytes(32), 600)
    await isGone(agent)
    expect(await kept.find(recipe)).toBeUndefined()
  })

  it('is not given out after its time by an agent that slept over it', async () => {
    const { kept } = ground()
    const recipe = newRecipe()
    const { agent } = await kept.keep(recipe, randomBytes(32), 1_500)
    process.kill(agent, 'SIGSTOP')
    // Asked while it does not answer: as good as none.
    const asked = kept.find(recipe)
    await new Promise(resolve => setTimeout(resolve, 1_800))
    process.kill(agent, 'SIGCONT')
    expect(await asked).toBeUndefined()
    expect(await kept.find(recipe)).toBeUndefined()
    await isGone(agent)
  })

  it('is out of reach once it is locked, even while its agent is stopped', async () => {
    const { kept } = ground()
    const recipe = newRecipe()
    const { agent } = await kept.keep(recipe, randomBytes(32), hour)
    process.kill(agent, 'SIGSTOP')
    await kept.end()
    process.kill(agent, 'SIGCONT')
    await isGone(agent)
    expect(await kept.find(recipe)).toBeUndefined()
  })

  it('dies with its agent, and what is left behind keeps nobody from unlocking again', async () => {
    const { kept } = ground()
    const [recipe, key] = [newRecipe(), randomBytes(32)]
    const { agent } = await kept.keep(recipe, key, hour)
    process.kill(agent, 'SIGKILL')
    await isGone(agent)
    expect(await kept.find(recipe)).toBeUndefined()
    await kept.keep(recipe, key, hour)
    expect(await kept.find(recipe)).toEqual(key)
  })
})

describe.skipIf(user === undefined)('a place for the socket', () => {
  const refusal = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    return isK1Error(error) ? error.kind : error
  }

  const plantedBy = (mode: number, owner: number) => (folder: string) => {
    mkdirSync(folder)
    chmodSync(folder, mode)
    if (owner !== user) chownSync(folder, owner, owner)
  }

  it.each([
    ['that others may enter', plantedBy(0o755, user ?? 0)],
    ['that is a link', (folder: string) => symlinkSync(tmpdir(), folder)],
    // Only root can plant what belongs to somebody else.
    ...(user === 0 ? [['of somebody else', plantedBy(0o700, 65_534)] as const] : []),
  ] as const)('%s is refused, and nobody is asked there', async (_, plant) => {
    const { kept, folder } = ground()
    plant(folder)
    const recipe = newRecipe()
    expect(await refusal(kept.keep(recipe, randomBytes(32), hour))).toBe('refused')
    expect(await kept.find(recipe)).toBeUndefined()
    rmSync(folder, { recursive: true, force: true })
  })

  it('whose folder above others may write to is not used', () => {
    const { place, runtime } = ground()
    chmodSync(runtime, 0o777)
    expect(() => unlockSocket({ ...place, temporary: runtime })).toThrow('no folder here')
    // The folder for temporary files is everybody's, and sticky: nobody else can replace what is ours.
    chmodSync(runtime, 0o1777)
    expect(unlockSocket({ ...place, env: {}, temporary: runtime })).toContain(`k1ctl-${user}`)
    chmodSync(runtime, 0o700)
  })

  it('is not asked when others may speak there, nor waited for when nobody answers', async () => {
    const { kept, place, folder } = ground()
    mkdirSync(folder, { mode: 0o700 })
    const recipe = newRecipe()
    let asked = 0
    const server = createServer(socket => {
      asked += 1
      socket.on('error', () => {})
    })
    onTestFinished(() => void server.close())
    await new Promise<void>(resolve => server.listen(unlockSocket(place), resolve))
    chmodSync(unlockSocket(place), 0o666)
    expect(await kept.find(recipe)).toBeUndefined()
    expect(asked).toBe(0)
    chmodSync(unlockSocket(place), 0o600)
    const began = Date.now()
    expect(await kept.find(recipe)).toBeUndefined()
    expect(asked).toBe(1)
    expect(Date.now() - began).toBeLessThan(10_000)
  })

  it('with too long a name is refused, and one of a platform without user ids as well', () => {
    const { place } = ground()
    const long = join(place.temporary, 'x'.repeat(90))
    mkdirSync(long)
    expect(() => unlockSocket({ ...place, env: { XDG_RUNTIME_DIR: long } })).toThrow('too long a name')
    expect(() => unlockSocket({ ...place, user: undefined })).toThrow('not offered on this platform')
  })
})
