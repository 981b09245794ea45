import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A PostgreSQL of our own on loopback, made for this run. */
export interface Postgres {
  /** The address of a new, empty database. */
  database(): string
  restart(): void
  stop(): void
}

const password = 'k1ctl test word 42'

/** The folder with the server's programs, as Debian and others lay it. */
function programs(): string | undefined {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map(v => join(base, v, 'bin')).find(bin => existsSync(join(bin, 'initdb')))
}

/** Why there can be none here; undefined when there can. */
export function whyNoPostgres(): string | undefined {
  return programs() === undefined ? 'no PostgreSQL server here: apt-get install postgresql' : undefined
}

export async function startPostgres(): Promise<Postgres> {
  const bin = programs()
  if (bin === undefined) throw new Error('no PostgreSQL')
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-pg-'))
  const port = await freePort()
  // The server refuses to run as root.
  const isRoot = process.getuid?.() === 0
  if (isRoot) execFileSync('chown', ['postgres', folder])
  chmodSync(folder, 0o700)
  const run = (program: string, ...words: string[]) => {
    const line = [join(bin, program), ...words]
    const [first = '', ...rest] = isRoot
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...line]
      : line
    return execFileSync(first, rest, { stdio: 'pipe', cwd: '/', env: { ...process.env, PGPASSWORD: password } })
  }
  const data = join(folder, 'data')
  run('initdb', '-D', data, '-U', 'k1ctl', '--auth=trust', '-E', 'UTF8', '--no-sync')
  // Commands that run in one process leave their connections idle for seconds, where each would have ended with its own.
  const own = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`
  const options = `${own} -c max_connections=1000 -c fsync=off`
  const start = () => run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start')
  start()
  // It ends with this process, however that ends.
  const watch = spawn(
    'sh',
    ['-c', `cat; kill -QUIT $(head -1 '${data}/postmaster.pid') 2>/dev/null; rm -rf '${folder}'`],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    },
  )
  watch.unref()
  let made = 0
  return {
    database() {
      const name = `team_${++made}`
      run('createdb', '-h', '127.0.0.1', '-p', String(port), '-U', 'k1ctl', name)
      return `postgres://k1ctl@127.0.0.1:${port}/${name}`
    },
    restart() {
      run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop')
      start()
    },
    stop() {
      run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop')
      watch.stdin?.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
