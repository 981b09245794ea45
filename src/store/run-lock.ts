import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'
import { codeOf, storageError } from './storage-error.ts'
import { clearAway, moment } from './takeover.ts'

/** What a lock has to know about processes on this machine. */
export interface Processes {
  /** The id of this one. */
  own: number
  isAlive(id: number): boolean
}

const holderSchema = z.object({ pid: z.number(), host: z.string(), since: z.string() })

type Holder = z.infer<typeof holderSchema>

/** Locks of this process: another lock with our id was left by a process that had the id before (in a container, 1). */
const ours = new Set<string>()

/**
 * Takes the lock of a run by creating a file that must not exist, with our process id in it. It is held for as long as
 * a person may take, so a heartbeat (which a suspended laptop misses) would be wrong here: the holder is dead when its
 * process is.
 * @returns how to release it
 * @throws K1Error `storage` when another process holds it
 */
export async function takeRunLock(path: string, run: string, since: Date, processes: Processes): Promise<() => void> {
  for (let tries = 0; tries < 100; tries++) {
    if (create(path, { pid: processes.own, host: hostname(), since: since.toISOString() })) {
      ours.add(path)
      return () => {
        if (ours.delete(path)) rmSync(path, { force: true })
      }
    }
    const found = look(path, processes)
    if (found.state === 'held') throw heldBy(found.holder, run, path)
    if (found.state === 'dead') {
      clearAway(
        path,
        () => look(path, processes).state === 'dead',
        () => rmSync(path, { force: true }),
      )
    } else await wait(20)
  }
  throw new K1Error('storage', `Run ${run} is being taken over by another process.`, {
    hint: `Try again. If no k1ctl is running, remove ${path}.`,
    facts: { run, path },
  })
}

/** False when there is one already. */
function create(path: string, holder: Holder): boolean {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw storageError('lock', path, error)
  }
  try {
    writeFileSync(file, JSON.stringify(holder))
    return true
  } catch (error) {
    rmSync(path, { force: true })
    throw storageError('lock', path, error)
  } finally {
    closeSync(file)
  }
}

type Found = { state: 'held'; holder: Holder } | { state: 'dead' } | { state: 'gone' } | { state: 'being written' }

function look(path: string, processes: Processes): Found {
  let text: string
  let age: number
  try {
    const file = openSync(path, 'r')
    try {
      text = readFileSync(file, 'utf8')
      age = Date.now() - fstatSync(file).mtimeMs
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { state: 'gone' }
    throw storageError('read the lock', path, error)
  }
  const holder = parseHolder(text)
  if (!holder) return { state: age > moment ? 'dead' : 'being written' }
  // Another machine's processes cannot be seen from here, over a shared folder: then it counts as held.
  if (holder.host !== hostname()) return { state: 'held', holder }
  const olderThanBoot = age > uptime() * 1000 + moment
  const alive = holder.pid === processes.own ? ours.has(path) : processes.isAlive(holder.pid)
  return alive && !olderThanBoot ? { state: 'held', holder } : { state: 'dead' }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function heldBy(holder: Holder, run: string, path: string): K1Error {
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`
  return new K1Error(
    'storage',
    `Run ${run} is being worked on by process ${holder.pid}${where} since ${holder.since}.`,
    {
      hint: `Wait until it is done. If there is no such process, remove ${path}.`,
      facts: { run, path, pid: holder.pid, host: holder.host, since: holder.since },
    },
  )
}
