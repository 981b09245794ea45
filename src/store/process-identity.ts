import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** What a lock has to know about processes on this machine. */
export interface Processes {
  /** The id of this one. */
  own: number
  /** The user that it runs as; absent where the platform has no such ids. */
  user?: number
  isAlive(id: number): boolean
  /** Says to a person, at once, what is waited for. */
  tell?(line: string): void
}

/** A process as another one can know it again, also from another container, or after the id was given anew. */
export interface ProcessIdentity {
  pid: number
  host: string
  /** Of this start of the machine. Absent where the platform tells none (only Linux does). */
  boot?: string
  /** The PID namespace: an id means another process in another container. Absent where there is no such thing. */
  space?: string
  /** When it started, in ticks since the machine did: an id that was given anew has another. */
  start?: string
}

/** proc(5): the pseudo files that tell of the boot, of namespaces and of processes. */
const bootFile = '/proc/sys/kernel/random/boot_id'

/** What it is does not change while it runs, and a run over many people asks for each of them. */
const known = new WeakMap<Processes, ProcessIdentity>()

export function identify(processes: Processes): ProcessIdentity {
  const identity = known.get(processes) ?? look(processes)
  known.set(processes, identity)
  return identity
}

function look({ own }: Processes): ProcessIdentity {
  const [boot, space, start] = [read(bootFile)?.trim(), spaceOfSelf(), canSeeOthers(own) ? startOf('self') : undefined]
  return {
    pid: own,
    host: hostname(),
    ...(boot ? { boot } : {}),
    ...(space === undefined ? {} : { space }),
    ...(start === undefined ? {} : { start }),
  }
}

/**
 * Whether a process still runs, as far as its id can tell: `unknown` when it lives under another boot, in another
 * container or on another machine. No clock is asked.
 */
export function fateOf(
  other: ProcessIdentity,
  own: ProcessIdentity,
  processes: Processes,
): 'alive' | 'dead' | 'unknown' {
  const isHere = other.boot === own.boot && other.space === own.space
  if (!isHere || (own.boot === undefined && other.host !== own.host)) return 'unknown'
  if (!processes.isAlive(other.pid)) return 'dead'
  if (other.start === undefined || own.start === undefined) return 'alive'
  const start = startOf(String(other.pid))
  return start === undefined || start === other.start ? 'alive' : 'dead'
}

/** Where /proc is that of another namespace, the ids in it are not ours. */
function canSeeOthers(own: number): boolean {
  return read('/proc/self/stat')?.startsWith(`${own} `) === true
}

/** The 22nd field of proc_pid_stat(5). The second is the program's name in parentheses, which may hold any character. */
function startOf(id: string): string | undefined {
  const stat = read(`/proc/${id}/stat`)
  return stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19)
}

function spaceOfSelf(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return undefined
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
