import type { Pool } from 'pg'
import type { Diary, LedgerStore, Locks } from '../../core/ledger-store.ts'
import type { Clock } from '../../core/ports.ts'
import type { ConfigStore, PeopleList } from '../../core/stores.ts'
import type { Team } from '../../core/team.ts'
import type { WorkerRoll } from '../../core/team-work.ts'
import { openConfigIn } from '../config-store.ts'
import type { Document } from '../document.ts'
import type { Processes } from '../process-identity.ts'
import { type DatabaseOptions, openDatabase, openPool } from './database.ts'
import { openTeamDiary } from './diary.ts'
import { teamConfig, teamDocument } from './documents.ts'
import { openTeamLedger } from './ledger.ts'
import { openTeamLimits, type TeamLimits } from './limits.ts'
import { openTeamLocks } from './locks.ts'
import { openOperators } from './operators.ts'
import { type OwnKeyPlace, openOwnKey } from './own-key.ts'
import { openTeamPeopleList } from './people-list.ts'
import { openWorkerRoll } from './workers.ts'

/** The stores of a team, all in one PostgreSQL database. */
export interface TeamStore {
  /** Without a password. */
  readonly place: string
  config(): Promise<ConfigStore>
  ledger: LedgerStore
  peopleList: PeopleList
  diary: Diary
  locks: Locks
  limits: TeamLimits
  /** Who works here, and what they may do. */
  operators: Team
  workers: WorkerRoll
  /** @throws K1Error `busy` when this process lost one of the locks that it holds: then it sends nothing more */
  still(): void
  /** Secrets sealed with the team's passphrase. */
  sealed: Document
  /** What persons attested. */
  attestations: Document
  /** What posture checks found. */
  pastChecks: Document
  /** How many rows each table has, for `store check`. @throws K1Error */
  counts(): Promise<Record<'tenants' | 'connections' | 'runs' | 'dated' | 'locks', number>>
  /** What of it this role may not write, by name; empty where it may write all. @throws K1Error */
  readOnly(): Promise<string[]>
  /** More connections to the same database, for a part with tables of its own. Whoever asks ends them. */
  pool(): Promise<Pool>
  close(): Promise<void>
}

export interface TeamStoreOptions extends DatabaseOptions {
  operator: string
  processes: Processes
  clock: Clock
  /** Where the key of whoever works here lies. */
  own: OwnKeyPlace
}

/** Connects when something is first asked. @throws K1Error `usage` when the address is none */
export function openTeamStore({ operator, processes, clock, own, ...where }: TeamStoreOptions): TeamStore {
  /** The `still` of each lock that this process holds. */
  const holding = new Set<() => void>()
  const database = openDatabase({ ...where, ...(processes.tell ? { tell: processes.tell } : {}) })
  const operators = openOperators(database, openOwnKey(own, database.place))
  const config = () => openConfigIn(teamConfig(database, operator, operators))
  return {
    place: database.place,
    config,
    operators,
    ledger: openTeamLedger(database, processes, clock, operators, holding),
    peopleList: openTeamPeopleList(database),
    diary: openTeamDiary(database, clock),
    locks: openTeamLocks(database, processes, clock, holding),
    limits: openTeamLimits(database),
    workers: openWorkerRoll(database, processes),
    still() {
      for (const still of holding) still()
    },
    sealed: teamDocument(database, 'sealed secrets'),
    attestations: teamDocument(database, 'attestations'),
    pastChecks: teamDocument(database, 'posture checks'),
    async counts() {
      const { tenants, connections } = await config()
      const count = async (table: string) =>
        Number((await database.rows<{ n: string }>(`SELECT count(*) AS n FROM k1ctl.${table}`))[0]?.n ?? 0)
      const [runs, dated, locks] = await Promise.all([count('runs'), count('dated'), count('locks')])
      return { tenants: tenants().length, connections: connections().length, runs, dated, locks }
    },
    async readOnly() {
      const rows = await database.rows<{ name: string }>(unwritable)
      return rows.map(({ name }) => name)
    },
    pool: () => openPool(where),
    close: () => database.close(),
  }
}

/** Tables and numbers that this role lacks a right to; all of them where the server itself takes no writes (a standby). */
const unwritable = `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'k1ctl' AND c.relname <> 'version' AND c.relkind IN ('r', 'S') AND (
    current_setting('transaction_read_only') = 'on'
    OR CASE c.relkind
      WHEN 'S' THEN NOT has_sequence_privilege(c.oid, 'USAGE')
      ELSE NOT (has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
        AND has_table_privilege(c.oid, 'DELETE'))
    END)
  ORDER BY c.relname`
