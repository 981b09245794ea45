import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from '../../src/core/once.ts'

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
const readyWithinMs = 60_000
const over = 'This Samba has ended.'

/** Why there can be no Samba here; undefined when there can. */
export function whyNoSamba(): string | undefined {
  if (process.platform !== 'linux') return 'Samba as a domain controller is tried on Linux only'
  if (process.getuid?.() !== 0) return 'only root can start a domain controller'
  const missing = ['/usr/sbin/samba', '/usr/bin/samba-tool'].filter(file => !existsSync(file))
  return missing.length === 0 ? undefined : `${missing.join(' and ')} missing: apt-get install samba samba-ad-dc …`
}

/** Ports cannot be chosen, so each process has an address of its own in 127.77.0.0/16. */
const host = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`

/**
 * Where the domain lies as it was made, and where one that is as good as new goes, which knows its own place. Making one
 * takes seconds, so it is made once a process.
 */
const domain = once(async () => {
  const base = mkdtempSync(join(tmpdir(), 'k1ctl-samba-'))
  // It goes when this process does, also when that is killed.
  const watch = spawn('sh', ['-c', `cat; rm -rf '${base}'`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  watch.unref()
  const [asMade, folder] = [join(base, 'as-made'), join(base, 'domain')]
  provision(folder)
  renameSync(folder, asMade)
  return { asMade, folder }
})

function provision(folder: string): void {
  execFileSync(
    'samba-tool',
    [
      ...['domain', 'provision', '--use-rfc2307', '--realm=CORP.TEST', '--domain=CORP', '--server-role=dc'],
      ...['--dns-backend=NONE', '--host-name=dc1', `--host-ip=${host}`, `--targetdir=${folder}`],
      ...[`--adminpass=${password}`, `--option=interfaces=${host}/8`, '--option=bind interfaces only=yes'],
      '--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb',
    ],
    { stdio: 'pipe' },
  )
}

/** Starts the controller of a new domain. It ends when this process does, however it does. */
export async function startSamba(): Promise<Samba> {
  const { asMade, folder } = await domain()
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
