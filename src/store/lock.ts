import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { K1Error } from '../core/errors.ts'
import {
  createLock,
  isThere,
  type LockContent,
  type OwnLock,
  readLock,
  removeLock,
  type SeenLock,
} from './lock-file.ts'
import { lockTeller } from './lock-wait.ts'
import { fateOf, identify, type Processes } from './process-identity.ts'

/** How often a holder shows that it lives, in milliseconds. */
const renewEvery = 1_000

/** A holder that no process id can tell of, and that showed no life for this long on our own steady clock, is dead. */
const silence = 20_000

/** What is held, by whom and for what; for people, and for the error of whoever finds it held. */
export interface LockAbout {
  /** Completes "… is held by": `run 20261121-201403-4f2a`. */
  subject: string
  operator?: string
  run?: string
  since: Date
}

export interface LockOptions {
  path: string
  about: LockAbout
  processes: Processes
  /** Another lock of ours that is given back after this one: its file stands under this name, too, and no new one is made. */
  beside?: HeldLock
  /** How long to wait for one holder that lives, in milliseconds; 0: not at all. */
  patience?: number
  /** Only where nobody holds it, or somebody who is dead for certain. */
  onlyDead?: true
}

export interface HeldLock {
  readonly own: OwnLock
  /** @throws K1Error `busy` when the lock is not ours any more; to be called right before each write */
  still(): void
  release(): void
}

/** Places of this process's locks, by path and token: another lock with our id was left by a process that had the id before (in a container, 1). */
const ours = new Set<string>()

/**
 * Takes a lock: a file that names its holder. Whether the holder lives is told by its process id where that means
 * something here, else by its renewing the file: no clock of the machine is asked, so that one that is wrong by a year
 * takes nothing away.
 *
 * A dead holder's file is not removed, as two at once would remove each other's: the next holder is the one that
 * creates `<lock>.<token of the dead>`, which only one can, and so on. The last of this chain holds the lock.
 * @throws K1Error `busy` when a living process holds it, `storage` when the file cannot be written
 */
export async function takeLock({
  path,
  about,
  processes,
  beside,
  patience = 0,
  onlyDead,
}: LockOptions): Promise<HeldLock> {
  // Mostly it is free, which making the file tells; and whoever makes the first one holds it.
  const first = beside?.own.alsoAt(path)
  if (first) return keep(path, about.subject, first)

  const me = identify(processes)
  const { since, ...rest } = about
  const content = { ...me, since: since.toISOString(), ...rest }
  const watch = watcher()

  function stands(holder: SeenLock): 'alive' | 'dead' | 'unknown' {
    if (!holder.content) return watch(holder)
    if (holder.content.token === undefined) return legacy(holder.content)
    const fate = fateOf(holder.content, me, processes)
    // Our own id, and not one of our locks: left by a process that had the id before us.
    if (fate === 'alive' && holder.content.pid === me.pid) return ours.has(placeOf(holder)) ? 'alive' : 'dead'
    return fate === 'unknown' ? watch(holder) : fate
  }

  /** An older k1ctl shows no life: of another machine nobody can tell, and then it counts as held. */
  function legacy({ pid, host }: LockContent): 'alive' | 'dead' {
    return host !== me.host || (pid !== me.pid && processes.isAlive(pid)) ? 'alive' : 'dead'
  }

  const tell = lockTeller(processes)
  const begun = performance.now()
  let met = { token: '', at: begun }
  let tries = 0
  for (;;) {
    const chain = walk(path)
    const last = chain.at(-1)
    const state = last === undefined ? 'free' : stands(last)
    if (state === 'free' || state === 'dead') {
      const name = last === undefined ? path : `${path}.${last.token}`
      const own = (state === 'dead' ? beside?.own.alsoAt(name) : undefined) ?? createLock(name, content)
      const ended = own && chainTo(own, path)
      if (ended) {
        // To list a folder is costly in a crowd. What has no file of its own leaves no pieces, unless somebody died at it.
        if (state === 'dead' || own.renew) sweep(path, ended, lock => stands(lock) === 'dead')
        return keep(path, about.subject, own)
      }
      // Somebody was quicker, or gave the lock back in between: this file is part of no chain.
      if (own) discard(own)
      continue
    }
    if (last === undefined) continue
    if (met.token !== last.token) met = { token: last.token, at: performance.now() }
    const waited = performance.now() - met.at
    if (onlyDead || (state === 'alive' && waited >= patience)) throw heldBy(about.subject, last)
    // Of whom nobody can tell shows within `silence` whether it lives, and is then given up at once or counts as dead.
    const mostMs = (state === 'alive' ? patience : Math.max(silence, patience)) - waited
    tell({ subject: about.subject, holder: last, state, mostMs }, performance.now() - begun)
    await wait(pauseAfter(tries++))
  }
}

/**
 * Uneven, so that several processes do not keep meeting, and longer each time: in a crowd, whoever looks takes time from
 * whoever works. @returns milliseconds, 100 at most on the average
 */
function pauseAfter(tries: number): number {
  return Math.min(100, 10 + 2 * tries) * (0.5 + Math.random())
}

function placeOf({ path, token }: Pick<SeenLock, 'path' | 'token'>): string {
  return `${path} ${token}`
}

/** The files from the first holder to the present one; empty when the lock is free. */
function walk(path: string): SeenLock[] {
  const chain: SeenLock[] = []
  for (let next = readLock(path); next; next = readLock(`${path}.${next.token}`)) chain.push(next)
  return chain
}

/**
 * The chain that our file ends; undefined when it ends in another one, or ours is part of none. Asked before every write:
 * mostly our file is all of it, and its own beginning and the absence of a next one tell that without reading any.
 */
function chainTo(own: OwnLock, path: string): Pick<SeenLock, 'path'>[] | undefined {
  if (own.path === path && own.isNamed() && !isThere(`${path}.${own.token}`)) return [own]
  const chain = walk(path)
  return chain.at(-1)?.token === own.token ? chain : undefined
}

/** Judges holders by whether their file changes while we look, and by our own steady clock. */
function watcher(): (holder: SeenLock) => 'alive' | 'dead' | 'unknown' {
  const first = new Map<string, { source: string; at: number }>()
  return ({ path, token, source }) => {
    const key = `${path} ${token}`
    const seen = first.get(key) ?? { source, at: performance.now() }
    first.set(key, seen)
    if (seen.source !== source) return 'alive'
    return performance.now() - seen.at > silence ? 'dead' : 'unknown'
  }
}

function keep(path: string, subject: string, own: OwnLock): HeldLock {
  ours.add(placeOf(own))
  const { renew } = own
  const timer =
    renew &&
    setInterval(() => {
      try {
        renew()
      } catch {
        // A full disk, say. Whoever then thinks us dead is found by `still`.
      }
    }, renewEvery)
  timer?.unref()
  return {
    own,
    still() {
      if (!chainTo(own, path)) throw lost(subject, path, walk(path).at(-1))
    },
    release() {
      if (!ours.delete(placeOf(own))) return
      clearInterval(timer)
      const chain = chainTo(own, path) ?? []
      own.close()
      // The first file first: without it the others are part of no chain.
      for (const { path } of chain) removeLock(path)
      if (chain.length === 0) discard(own)
    },
  }
}

/** Removes a file of ours that holds nothing. */
function discard(own: OwnLock): void {
  own.close()
  if (readLock(own.path)?.token === own.token) removeLock(own.path)
}

/** Clears away what processes that were killed left beside a lock, and is no part of its chain. Only for its holder. */
function sweep(path: string, chain: readonly Pick<SeenLock, 'path'>[], isDead: (lock: SeenLock) => boolean): void {
  const [folder, start] = [dirname(path), `${basename(path)}.`]
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(start) || !/^[0-9a-f]{16}(\.new)?$/.test(name.slice(start.length))) continue
    if (chain.some(lock => lock.path === join(folder, name))) continue
    const stray = readLock(join(folder, name))
    // A piece that says of nobody was being written: whoever lives and misses it tries again.
    if (stray && (isDead(stray) || (!stray.content && name.endsWith('.new')))) removeLock(stray.path)
  }
}

function heldBy(subject: string, { path, content }: SeenLock): K1Error {
  const { operator, pid, host, run, since } = content ?? {}
  const who = operator === undefined ? 'Another k1ctl' : operator
  const where = pid === undefined ? '' : ` (process ${pid} on ${host})`
  const what = run === undefined || subject.includes(run) ? '' : `, in run ${run}`
  const when = since === undefined ? '' : `, since ${since}`
  return new K1Error('busy', `${who}${where} is at work on ${subject}${what}${when}.`, {
    hint: `Wait until it is done, then run again. If there is no such process, remove ${path}.`,
    facts: { subject, path, ...known({ operator, pid, host, run, since }) },
  })
}

function lost(subject: string, path: string, now: SeenLock | undefined): K1Error {
  const { operator, pid, host, run, since } = now?.content ?? {}
  const by = pid === undefined ? 'its lock is gone' : `process ${pid} on ${host} has taken it over`
  return new K1Error('busy', `This process no longer holds ${subject}: ${by}. Nothing more was written.`, {
    hint: 'Look what the other one does, then run again.',
    facts: { subject, path, ...known({ operator, pid, host, run, since }) },
  })
}

function known(facts: Record<string, string | number | undefined>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}
