import type { Pool, PoolClient, PoolConfig } from 'pg'
import { isK1Error, K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import { tellingSlow } from '../lock-wait.ts'
import { migrate } from './migrations.ts'

/** The team's PostgreSQL, with our tables in it. Connects when it is first asked. */
export interface Database {
  /** `postgres://k1ctl@db.msp.example/k1ctl`, without a password. */
  readonly place: string
  /** @throws K1Error `storage`, `unreachable` */
  rows<T extends object>(sql: string, values?: readonly unknown[]): Promise<T[]>
  /** All of `work` or nothing. @throws K1Error `storage`, `unreachable`; whatever `work` throws */
  transaction<T>(work: (query: RunSql) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export type RunSql = <T extends object>(sql: string, values?: readonly unknown[]) => Promise<T[]>

export interface DatabaseOptions {
  /** `postgres://…`; the password from it, PGPASSWORD or ~/.pgpass. */
  url: string
  /** PEM of more certificate authorities. */
  ca?: string
  /** Says to a person, at once, what is waited for. */
  tell?(line: string): void
}

/** Connections at once. */
const most = 4

/** In milliseconds. */
const patience = { connect: 10_000, statement: 30_000, answer: 40_000 }

export function openDatabase({ url, ca, ...person }: DatabaseOptions): Database {
  const place = databasePlaceOf(url)
  const slow = `${place} does not answer yet; another k1ctl of the team may be writing there`
  const told = <T>(ask: () => Promise<T>): Promise<T> => tellingSlow(person, slow, patience.statement, ask)
  let opening: Promise<Pool> | undefined

  async function open(): Promise<Pool> {
    const pool = await openPool({ url, ...(ca === undefined ? {} : { ca }) })
    try {
      await migrate(pool, place)
    } catch (error) {
      await pool.end()
      throw troubleOf(error, place)
    }
    return pool
  }

  async function ready(): Promise<Pool> {
    opening ??= open()
    try {
      return await opening
    } catch (error) {
      // It may be there again at the next call.
      opening = undefined
      throw error
    }
  }

  /** A connection on which a transaction has begun: nothing has been sent before, so another one may be tried. */
  async function begin(pool: Pool): Promise<PoolClient> {
    for (let tries = most + 1; ; tries--) {
      let client: PoolClient | undefined
      try {
        client = await pool.connect()
        await client.query('BEGIN')
        return client
      } catch (error) {
        client?.release(true)
        const trouble = troubleOf(error, place)
        if (tries === 1 || trouble.kind !== 'unreachable') throw trouble
      }
    }
  }

  return {
    place,
    async rows<T extends object>(sql: string, values: readonly unknown[] = []) {
      const pool = await ready()
      // What only reads may be asked again: after a restart of the database each connection that idled is broken.
      for (let tries = sql.startsWith('SELECT') ? most + 1 : 1; ; tries--) {
        try {
          return (await told(() => pool.query<T>(sql, [...values]))).rows
        } catch (error) {
          const trouble = troubleOf(error, place)
          if (tries === 1 || trouble.kind !== 'unreachable') throw trouble
        }
      }
    },
    async transaction(work) {
      const pool = await ready()
      const client = await begin(pool)
      let broken: Error | undefined
      try {
        const answer = await work(async <T extends object>(sql: string, values: readonly unknown[] = []) => {
          try {
            return (await told(() => client.query<T>(sql, [...values]))).rows
          } catch (error) {
            throw troubleOf(error, place)
          }
        })
        await client.query('COMMIT')
        return answer
      } catch (error) {
        await client.query('ROLLBACK').catch((failed: Error) => {
          broken = failed
        })
        throw isK1Error(error) || !isDatabaseError(error) ? error : troubleOf(error, place)
      } finally {
        client.release(broken)
      }
    },
    async close() {
      await (await opening?.catch(() => undefined))?.end()
    },
  }
}

/** Connections to a team's PostgreSQL, whose tables nobody has looked at. */
export async function openPool({ url, ca }: Pick<DatabaseOptions, 'url' | 'ca'>): Promise<Pool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool(poolConfig(url, ca))
  // A connection that idles and breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => undefined)
  // The same for one that breaks while it is in use: its query tells.
  pool.on('connect', client => client.on('error', () => undefined))
  return pool
}

/** @throws K1Error `usage` when it is no such URL */
export function databasePlaceOf(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw noUrl()
  }
  if (!['postgres:', 'postgresql:'].includes(parsed.protocol)) throw noUrl()
  if (parsed.password !== '') rememberSecret(decodeURIComponent(parsed.password))
  parsed.password = ''
  parsed.search = ''
  return parsed.toString()
}

function noUrl(): K1Error {
  return new K1Error('usage', 'That is no address of a PostgreSQL database.', {
    hint: 'K1CTL_STORE=postgres://k1ctl@db.msp.example/k1ctl',
  })
}

/** TLS with a checked name, or loopback, or a socket on this machine; nothing else. */
function poolConfig(url: string, ca: string | undefined): PoolConfig {
  const { hostname, searchParams, username, password, port, pathname } = new URL(url)
  const host = searchParams.get('host') ?? decodeURIComponent(hostname)
  const isHere = host === '' || host.startsWith('/') || /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)
  return {
    ...(host === '' ? {} : { host: host.replace(/^\[|\]$/g, '') }),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username === '' ? {} : { user: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { database: decodeURIComponent(pathname.slice(1)) } : {}),
    ssl: isHere ? false : { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    max: most,
    connectionTimeoutMillis: patience.connect,
    statement_timeout: patience.statement,
    // Where the server is not reached any more, it cannot end the statement.
    query_timeout: patience.answer,
    keepAlive: true,
    application_name: 'k1ctl',
    // A command that is done ends, whatever still idles.
    allowExitOnIdle: true,
  }
}

/** What a role needs that does not own the tables. */
const writingHint =
  'A role that owns the database; or, as its owner: GRANT USAGE ON SCHEMA k1ctl TO role; ' +
  'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA k1ctl TO role; ' +
  'GRANT USAGE ON ALL SEQUENCES IN SCHEMA k1ctl TO role.'

function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && ('code' in error || 'severity' in error || /connection|timeout/i.test(error.message))
}

/** A failure of the database in our words. The driver's own never quotes values that we sent. */
function troubleOf(error: unknown, place: string): K1Error {
  if (isK1Error(error)) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const says = error instanceof Error ? error.message : String(error)
  const facts = { place, ...(code === '' ? {} : { code }) }
  // 28P01 invalid_password, 28000 invalid_authorization, 3D000 no such database, 42501 insufficient_privilege.
  if (['28P01', '28000'].includes(code) || /password|SASL/i.test(says)) {
    return new K1Error('sign-in', `The team's store ${place} does not let us in: ${says}.`, {
      hint: 'The password comes from PGPASSWORD, ~/.pgpass, or K1CTL_STORE.',
      facts,
    })
  }
  // 25006 read_only_sql_transaction: a standby, or a role that is set to read only.
  if (['3D000', '42501', '25006'].includes(code)) {
    return new K1Error('storage', `The team's store ${place} cannot be used: ${says}.`, {
      hint: code === '3D000' ? 'createdb k1ctl, and a role that owns it.' : writingHint,
      facts,
    })
  }
  if (
    /^(57P0|08)/.test(code) ||
    /^(ECONN|ENOTFOUND|EPIPE|ETIMEDOUT|EHOST|EAI_)/.test(code) ||
    /terminated|timeout/i.test(says)
  ) {
    return new K1Error('unreachable', `The team's store ${place} does not answer: ${says}.`, {
      hint: 'k1ctl store check; without it nothing is changed, as nothing could be written down.',
      facts,
    })
  }
  return new K1Error('storage', `The team's store ${place} failed: ${says}.`, {
    hint: 'k1ctl store check',
    facts,
    cause: error,
  })
}
