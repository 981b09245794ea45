import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

/** A domain controller of our own: Samba's, made for this run, on an address of this machine that nobody else uses. */
export interface Samba {
  /** `127.77.3.9`; LDAP on 389, LDAPS on 636. */
  host: string
  /** What its certificate is for. */
  serverName: string
  caFile: string
  ca: string
  base: string
  administrator: { username: string; password: string }
  /** Runs samba-tool on its database. */
  tool(...words: string[]): string
  stop(): Promise<void>
}

const password = 'Adm1n-Passw0rd!'
const madeWithinMs = 90_000
const readyWithinMs = 60_000
const over = 'This Samba has ended.'

/** Why there can be no Samba here; undefined when there can. */
export function whyNoSamba(): string | undefined {
  if (process.platform !== 'linux') return 'Samba as a domain controller is tried on Linux only'
  if (process.getuid?.() !== 0) return 'only root can start a domain controller'
  const missing = ['/usr/sbin/samba', '/usr/bin/samba-tool'].filter(file => !existsSync(file))
  return missing.length === 0 ? undefined : `${missing.join(' and ')} missing: apt-get install samba samba-ad-dc …`
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the domain of this run is being made, and the address that it is made for. */
    domain: { base: string; host: string } | undefined
  }
}

const placesIn = (base: string) => ({
  /** The domain as it was made. */
  asMade: join(base, 'as-made'),
  /** Where one that is as good as new goes: it knows its own place. */
  folder: join(base, 'domain'),
  said: join(base, 'said'),
  failed: join(base, 'failed'),
})

/** Begins to make the domain, which takes seconds, beside whatever else this run does. Answers how to end that. */
export default function provision({ provide }: Pick<TestProject, 'provide'>): (() => void) | undefined {
  provide('domain', undefined)
  if (whyNoSamba() !== undefined) return undefined
  const base = mkdtempSync(join(tmpdir(), 'k1ctl-samba-'))
  // Ports cannot be chosen, so each run has an address of its own in 127.77.0.0/16.
  const host = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`
  const { asMade, folder, said, failed } = placesIn(base)
  const words = [
    ...['domain', 'provision', '--use-rfc2307', '--realm=CORP.TEST', '--domain=CORP', '--server-role=dc'],
    ...['--dns-backend=NONE', '--host-name=dc1', `--host-ip=${host}`, `--targetdir=${folder}`],
    ...[`--adminpass=${password}`, `--option=interfaces=${host}/8`, '--option=bind interfaces only=yes'],
    '--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb',
  ]
  const made = `samba-tool "$@" >'${said}' 2>&1 && mv '${folder}' '${asMade}' || touch '${failed}'`
  // All of it goes when this process does, also when that is killed.
  const script = `(${made}) </dev/null & cat; kill -TERM 0; wait; rm -rf '${base}'`
  const child = spawn('sh', ['-c', `trap : TERM; ${script}`, 'sh', ...words], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  child.unref()
  provide('domain', { base, host })
  return () => void child.stdin?.end()
}

/** The domain, once it is made. */
async function domain() {
  const { base, host } = inject('domain') ?? {}
  if (base === undefined || host === undefined) throw new Error('No domain is being made in this run.')
  const places = placesIn(base)
  for (const end = Date.now() + madeWithinMs; !existsSync(places.asMade); await sleep(100)) {
    if (existsSync(places.failed) || Date.now() > end)
      throw new Error(`No domain was made: ${readFileSync(places.said, 'utf8').slice(-2000)}`)
  }
  return { ...places, host }
}

/** Starts the controller of a new domain. It ends when this process does, however it does. */
export async function startSamba(): Promise<Samba> {
  const { asMade, folder, host } = await domain()
  execFileSync('cp', ['-a', asMade, folder])
  const config = join(folder, 'etc', 'smb.conf')
  const log = join(folder, 'samba.log')
  // The shell leads all of its processes, and ends them when its stdin ends: also when this process is killed.
  const command = `samba -F --no-process-group -s '${config}' --option='server services=ldap' --debug-stdout -d 1`
  const said = openSync(log, 'w')
  const samba = spawn('sh', ['-c', `(${command} </dev/null; echo '${over}') & cat; kill -TERM 0`], {
    stdio: ['pipe', said, said],
    detached: true,
  })
  const caFile = join(folder, 'private', 'tls', 'ca.pem')
  const stop = async () => {
    // Its children go on for a moment after it.
    for (const end = Date.now() + 10_000; signal(samba.pid, Date.now() < end ? 'SIGTERM' : 'SIGKILL'); )
      await sleep(100)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  for (const end = Date.now() + readyWithinMs; ; await sleep(100)) {
    if (existsSync(caFile) && (await listens(host, 636)) && (await listens(host, 389))) break
    const text = readFileSync(log, 'utf8')
    if (text.includes(over) || Date.now() > end) {
      await stop()
      throw new Error(`Samba did not start: ${text.slice(-2000)}`)
    }
  }
  // Keys and certificates are made at the first start; the next ones need not wait for that.
  const kept = join(asMade, 'private', 'tls')
  if (!existsSync(join(kept, 'ca.pem'))) cpSync(join(folder, 'private', 'tls'), kept, { recursive: true })
  return {
    host,
    serverName: 'DC1.corp.test',
    caFile,
    ca: readFileSync(caFile, 'utf8'),
    base: 'DC=corp,DC=test',
    administrator: { username: 'Administrator@corp.test', password },
    tool: (...words) => execFileSync('samba-tool', [...words, '-s', config], { stdio: 'pipe', encoding: 'utf8' }),
    stop,
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

/** To all of its processes, which are a group; false when there is none any more. */
function signal(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): boolean {
  if (pid === undefined) return false
  try {
    return process.kill(-pid, name)
  } catch {
    return false
  }
}
