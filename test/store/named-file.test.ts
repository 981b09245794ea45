import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { readInput } from '../../src/cli/named-input.ts'
import { writeNamedFile } from '../../src/store/named-file.ts'
import { failureOf, makeFolder } from './ground.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe('an ordinary file', () => {
  test('a new one is for this user alone, and no piece lies beside it', async () => {
    const folder = makeFolder()
    await writeNamedFile(join(folder, 'plan.json'), 'a plan')
    expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toBe('a plan')
    expect(modeOf(join(folder, 'plan.json'))).toBe('600')
    expect(readdirSync(folder)).toEqual(['plan.json'])
  })

  test('an older one is replaced and keeps its mode; what is called FILE.new is left alone', async () => {
    const folder = makeFolder()
    const path = join(folder, 'report.html')
    writeFileSync(path, 'old')
    chmodSync(path, 0o644)
    writeFileSync(`${path}.new`, 'mine')
    await writeNamedFile(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(modeOf(path)).toBe('644')
    expect(readFileSync(`${path}.new`, 'utf8')).toBe('mine')
    expect(readdirSync(folder).sort()).toEqual(['report.html', 'report.html.new'])
  })

  test('a secret is for this user alone, whatever the older file was', async () => {
    const path = join(makeFolder(), 'worker.pem')
    writeFileSync(path, 'old')
    chmodSync(path, 0o644)
    await writeNamedFile(path, 'key', undefined, { isSecret: true })
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['key', '600'])
  })

  test('behind symbolic links the target is written, also one that is not there yet', async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'far'))
    writeFileSync(join(folder, 'far', 'target'), 'old')
    symlinkSync('far/target', join(folder, 'near'))
    symlinkSync('near', join(folder, 'link'))
    symlinkSync('far/later', join(folder, 'dangling'))
    await writeNamedFile(join(folder, 'link'), 'new')
    await writeNamedFile(join(folder, 'dangling'), 'fresh')
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true)
    expect(lstatSync(join(folder, 'dangling')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(folder, 'far', 'target'), 'utf8')).toBe('new')
    expect(readFileSync(join(folder, 'far', 'later'), 'utf8')).toBe('fresh')
    symlinkSync('loop', join(folder, 'loop'))
    expect(await failureOf(writeNamedFile(join(folder, 'loop'), 'x'))).toMatchObject({ kind: 'usage' })
  })

  test('a folder, or a file in no folder, is a usage error', async () => {
    const folder = makeFolder()
    for (const path of [folder, join(folder, 'none', 'plan.json'), join(folder, '')]) {
      expect(await failureOf(writeNamedFile(path, 'x'))).toMatchObject({ kind: 'usage' })
    }
    expect(readdirSync(folder)).toEqual([])
  })
})

describe.skipIf(process.platform === 'win32')('a pipe or a device is written into, never replaced', () => {
  test('/dev/null and its like', async () => {
    const folder = makeFolder()
    symlinkSync('/dev/null', join(folder, 'link'))
    await writeNamedFile('/dev/null', 'x')
    await writeNamedFile(join(folder, 'link'), 'x')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
    if (statSync('/dev/full', { throwIfNoEntry: false })) {
      expect(await failureOf(writeNamedFile('/dev/full', 'x'))).toMatchObject({
        kind: 'storage',
        message: expect.stringContaining('the disk is full'),
      })
    }
  })

  test('a named pipe takes a megabyte, also from before its reader came', async () => {
    const pipe = join(makeFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    const long = 'proof '.repeat(200_000)
    const writing = writeNamedFile(pipe, long)
    const reader = spawn('sh', ['-c', `sleep 0.2; cat '${pipe}'`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [read] = await Promise.all([text(reader.stdout), writing])
    expect(read).toBe(long)
    expect(lstatSync(pipe).isFIFO()).toBe(true)
  })

  test('a pipe that nobody reads from, or writes to, ends with the signal', async () => {
    const pipe = join(makeFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const begin of [(s: AbortSignal) => writeNamedFile(pipe, 'x', s), (s: AbortSignal) => readInput(pipe, s)]) {
      const controller = new AbortController()
      const began = performance.now()
      setTimeout(() => controller.abort(), 100)
      expect(await failureOf(begin(controller.signal))).toMatchObject({ kind: 'cancelled' })
      expect(performance.now() - began).toBeLessThan(1_000)
    }
  })

  test('what is read from a pipe is all of it', async () => {
    const pipe = join(makeFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    spawn('sh', ['-c', `sleep 0.1; printf 'one\\n' > '${pipe}'`], { stdio: 'ignore' })
    expect(await readInput(pipe, new AbortController().signal)).toBe('one\n')
    expect(await readInput('/dev/null', new AbortController().signal)).toBe('')
  })
})
