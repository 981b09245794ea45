import type { WorkerRoll, WorkerRow } from '../../core/team-work.ts'
import { fateOf, identify, type Processes } from '../process-identity.ts'
import type { Database } from './database.ts'
import { readHolder } from './locks.ts'

/** Who was not heard of for so long is taken to be dead, in seconds of the database's clock. */
const lease = 30
const sayEvery = 5_000

type Row = Omit<WorkerRow, 'since' | 'until'> & { since: Date; until: Date; holder: string }

/** A row a worker, renewed while it lives. */
export function openWorkerRoll(database: Database, processes: Processes): WorkerRoll {
  /** Of this machine nobody has to wait for the lease: the process is not there any more. */
  const isGone = (holder: string) => {
    const other = readHolder(holder)
    return other !== undefined && fateOf(other, identify(processes), processes) === 'dead'
  }
  return {
    async signOn({ id, operator, version }) {
      let doing: string | null = null
      const holder = JSON.stringify(identify(processes))
      // Where somebody took it for dead, it is on the list again: what it held, the locks' own leases guard.
      const say = () =>
        database.rows(
          `INSERT INTO k1ctl.workers (id, operator, version, doing, until, holder)
           VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 second', $6)
           ON CONFLICT (id) DO UPDATE SET doing = excluded.doing, until = excluded.until`,
          [id, operator, version, doing, lease, holder],
        )
      await say()
      // Cut off from the database it is silent, and the others take it for dead, which is what it then is.
      const again = () => void say().catch(() => undefined)
      const timer = setInterval(again, sayEvery)
      timer.unref()
      return {
        doing(what) {
          doing = what
          again()
        },
        async signOff() {
          clearInterval(timer)
          await database.rows('DELETE FROM k1ctl.workers WHERE id = $1', [id]).catch(() => undefined)
        },
      }
    },
    async list() {
      const rows = await database.rows<Row>(
        `SELECT id, operator, version, since, until, doing, holder, until > clock_timestamp() AS alive
         FROM k1ctl.workers ORDER BY since, id`,
      )
      return rows.map(({ holder, alive, since, until, ...row }) => {
        return { ...row, since: since.toISOString(), until: until.toISOString(), alive: alive && !isGone(holder) }
      })
    },
    async strike(id) {
      const [row] = await database.rows<{ holder: string }>('SELECT holder FROM k1ctl.workers WHERE id = $1', [id])
      const struck = await database.rows(
        'DELETE FROM k1ctl.workers WHERE id = $1 AND (until < clock_timestamp() OR $2) RETURNING id',
        [id, row !== undefined && isGone(row.holder)],
      )
      return struck.length > 0
    },
  }
}
