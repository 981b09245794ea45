import type { LimitBucket, SharedLimits, UsedGrant } from '../../core/shared-limits.ts'
import type { LimitUse } from '../../core/team-work.ts'
import type { Database, RunSql } from './database.ts'

/** For so long a grant is good, in milliseconds: a thirtieth of the stretch, so that what is not used is not lost for long. */
const forMsOf = ({ perMs }: LimitBucket) => Math.min(30_000, Math.max(500, Math.round(perMs / 30)))

/** What left in time may come to the system later than what left after it: so much more the stretch is taken to be. */
const slackMsOf = ({ perMs }: LimitBucket) => Math.min(5_000, Math.max(100, Math.round(perMs / 60)))

/** Those who wait do not ask for each place that comes free: the wait costs a hundredth of the limit. */
const leastWaitOf = ({ perMs }: LimitBucket) => Math.min(1_000, Math.ceil(perMs / 100))

export interface TeamLimits extends SharedLimits {
  list(): Promise<LimitUse[]>
}

/**
 * One row a bucket, which whoever takes holds for a moment, and one a grant. All by the database's clock. A process that
 * died loses what it took until the stretch is over; nobody gets a place twice.
 */
export function openTeamLimits(database: Database): TeamLimits {
  return {
    take: (bucket, want, last) =>
      database.transaction(async query => {
        const { name, requests, perMs } = bucket
        const [forMs, window] = [forMsOf(bucket), perMs + slackMsOf(bucket)]
        // Held until the end of the transaction.
        await query(
          `INSERT INTO k1ctl.limits VALUES ($1, $2, $3)
           ON CONFLICT (name) DO UPDATE SET requests = excluded.requests, per_ms = excluded.per_ms`,
          [name, requests, perMs],
        )
        if (last) await settle(query, last)
        await query(
          `DELETE FROM k1ctl.grants WHERE name = $1 AND until + $2 * interval '1 millisecond' < clock_timestamp()`,
          [name, window],
        )
        const [row] = await query<{ taken: string; wait: string | null }>(
          `SELECT coalesce(sum(places), 0) AS taken,
                  extract(epoch FROM min(until) - clock_timestamp()) * 1000 AS wait
           FROM k1ctl.grants WHERE name = $1 AND places > 0`,
          [name],
        )
        const places = Math.min(want, requests - Number(row?.taken ?? 0))
        if (places < 1) return { waitMs: Math.max(leastWaitOf(bucket), Math.ceil(Number(row?.wait ?? 0) + window)) }
        const [made] = await query<{ id: string }>(
          `INSERT INTO k1ctl.grants (name, places, until)
           VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond') RETURNING id`,
          [name, places, forMs],
        )
        return { id: made?.id ?? '', places, forMs }
      }),
    giveBack: last => database.transaction(query => settle(query, last)),
    async list() {
      const rows = await database.rows<{ name: string; requests: number; per_ms: string; taken: string }>(
        `SELECT l.name, l.requests, l.per_ms, coalesce(sum(g.places), 0) AS taken
         FROM k1ctl.limits l LEFT JOIN k1ctl.grants g
           ON g.name = l.name AND g.until + l.per_ms * interval '1 millisecond' >= clock_timestamp()
         GROUP BY l.name ORDER BY l.name`,
      )
      return rows.map(({ name, requests, per_ms, taken }) => {
        return { name, requests, perMs: Number(per_ms), taken: Number(taken) }
      })
    },
  }
}

/** What was used up has left by now, so that its stretch begins; what was not used is free again. */
async function settle(query: RunSql, { id, unused }: UsedGrant): Promise<void> {
  await query(`UPDATE k1ctl.grants SET places = places - $2, until = least(until, clock_timestamp()) WHERE id = $1`, [
    id,
    unused,
  ])
}
