import { randomBytes } from 'node:crypto'
import * as z from 'zod/mini'
import { K1Error } from '../../core/errors.ts'
import type { Locks } from '../../core/ledger-store.ts'
import type { Clock } from '../../core/ports.ts'
import { fateOf, identify, type Processes } from '../process-identity.ts'
import type { Database, RunSql } from './database.ts'

/** A holder that does not renew for so long has lost it, in seconds of the database's clock. */
const lease = 30
/** How often it renews, and for how long after the last renewal it may still act, in milliseconds of its own steady clock. */
const renewEvery = 5_000
const actFor = 20_000

const holderSchema = z.object({
  subject: z.exactOptional(z.string()),
  operator: z.exactOptional(z.string()),
  run: z.exactOptional(z.string()),
  since: z.exactOptional(z.string()),
  pid: z.number(),
  host: z.string(),
  boot: z.exactOptional(z.string()),
  space: z.exactOptional(z.string()),
  start: z.exactOptional(z.string()),
})
type Holder = z.infer<typeof holderSchema>

export interface TeamLock {
  /** @throws K1Error `busy` when it may be somebody else's by now; asks no one */
  still(): void
  /**
   * The same within a transaction, by the database's word: nothing is written by whoever lost it. Answers the fencing
   * number: whoever takes it over has a greater one. @throws K1Error `busy`
   */
  stillIn(query: RunSql): Promise<string>
  release(): Promise<void>
}

export interface TeamLockAbout {
  key: string
  /** Completes "… is at work on". */
  subject: string
  operator?: string
  run?: string
}

/**
 * Takes a lock that all machines of the team see. `holding` has the `still` of each that this process holds.
 * @throws K1Error `busy` at once when somebody holds it
 */
export async function takeTeamLock(
  database: Database,
  processes: Processes,
  clock: Clock,
  { key, ...about }: TeamLockAbout,
  holding: Set<() => void>,
): Promise<TeamLock> {
  const token = randomBytes(8).toString('hex')
  const me = identify(processes)
  const holder: Holder = { ...about, since: clock.now().toISOString(), ...me }
  await database.transaction(async query => {
    const inserted = await query(
      `INSERT INTO k1ctl.locks VALUES ($1, $2, nextval('k1ctl.fences'), clock_timestamp() + $3 * interval '1 second', $4)
       ON CONFLICT (key) DO NOTHING RETURNING token`,
      [key, token, lease, JSON.stringify(holder)],
    )
    if (inserted.length > 0) return
    const [row] = await query<{ holder: string; dead: boolean }>(
      'SELECT holder, until < clock_timestamp() AS dead FROM k1ctl.locks WHERE key = $1 FOR UPDATE',
      [key],
    )
    const other = row && readHolder(row.holder)
    // Of this machine nobody has to wait for the lease: the process is not there any more.
    const dead = row === undefined || row.dead || (other !== undefined && fateOf(other, me, processes) === 'dead')
    if (!dead) throw heldBy(about.subject, other)
    await query(
      `INSERT INTO k1ctl.locks VALUES ($1, $2, nextval('k1ctl.fences'), clock_timestamp() + $3 * interval '1 second', $4)
       ON CONFLICT (key) DO UPDATE SET token = excluded.token, fence = excluded.fence, until = excluded.until, holder = excluded.holder`,
      [key, token, lease, JSON.stringify(holder)],
    )
  })
  let renewed = performance.now()
  const timer = setInterval(async () => {
    const asked = performance.now()
    const rows = await database
      .rows(
        `UPDATE k1ctl.locks SET until = clock_timestamp() + $3 * interval '1 second'
         WHERE key = $1 AND token = $2 AND until > clock_timestamp() RETURNING token`,
        [key, token, lease],
      )
      // Cut off from the database: once the time is over nothing more is done, and then somebody else may take it.
      .catch(() => [])
    if (rows.length > 0) renewed = asked
  }, renewEvery)
  timer.unref()
  const still = () => {
    if (performance.now() - renewed > actFor) throw lost(about.subject)
  }
  holding.add(still)
  return {
    still,
    async stillIn(query) {
      const [row] = await query<{ fence: string }>(
        'SELECT fence FROM k1ctl.locks WHERE key = $1 AND token = $2 AND until > clock_timestamp() FOR SHARE',
        [key, token],
      )
      if (row === undefined) throw lost(about.subject)
      return row.fence
    },
    async release() {
      clearInterval(timer)
      holding.delete(still)
      // Where it cannot be given back, its lease ends.
      await database.rows('DELETE FROM k1ctl.locks WHERE key = $1 AND token = $2', [key, token]).catch(() => undefined)
    },
  }
}

export function openTeamLocks(database: Database, processes: Processes, clock: Clock, holding: Set<() => void>): Locks {
  const locks: Locks = {
    async hold(subject, { run, operator }, work) {
      const held: TeamLock[] = []
      try {
        for (const { kind, tenant, name } of [subject].flat()) {
          const key = JSON.stringify([kind, ...[tenant, name].map(text => text.normalize('NFC').toLowerCase())])
          const about = { subject: tenant === '' ? name : `${name} in ${tenant}`, operator, run }
          held.push(await takeTeamLock(database, processes, clock, { key, ...about }, holding))
        }
        const still = () => {
          for (const { still } of held) still()
        }
        return await work(still, locks)
      } finally {
        for (const lock of held.reverse()) await lock.release()
      }
    },
  }
  return locks
}

/** What was written of a process; undefined where it cannot be read. */
export function readHolder(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function heldBy(subject: string, holder: Holder | undefined): K1Error {
  const { operator, pid, host, run, since } = holder ?? {}
  const who = operator ?? 'Another k1ctl'
  const where = pid === undefined ? '' : ` (process ${pid} on ${host})`
  const what = run === undefined || subject.includes(run) ? '' : `, in run ${run}`
  const when = since === undefined ? '' : `, since ${since}`
  return new K1Error('busy', `${who}${where} is at work on ${subject}${what}${when}.`, {
    hint: `Wait until it is done, then run again. A process that died loses it after ${lease} seconds.`,
    facts: { subject, ...(holder ?? {}) },
  })
}

function lost(subject: string): K1Error {
  return new K1Error(
    'busy',
    `This process no longer holds ${subject}: the team's store was not reached in time. Nothing more was written.`,
    {
      hint: 'Look what the other one does, then run again.',
      facts: { subject },
    },
  )
}
