import type { Pool } from 'pg'
import { K1Error } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { LogLevel, WorkQueue, WorkQueueOptions } from '../core/team-work.ts'

/**
 * What DBOS calls the version of the application. By default it is a hash of the code, and what one release left in line
 * the next would never take up. It is pinned to what a wake means: an id of the diary, whose run has its own ledger.
 */
const meaning = 'k1ctl-wake-1'

/** The tables of DBOS, apart from ours. */
const schema = 'k1ctl_queue'
const queueName = 'dated'

/** How often a worker that has nothing to do looks into the line, in milliseconds. */
const lookEvery = 250

/**
 * DBOS gives up on what died with its worker so many times; here that is no reason: what is due stays due.
 * Source: `maxRecoveryAttempts` of its workflow configuration, 100 unless said.
 */
const neverGiveUp = 1_000_000

/** Any number, the same for all workers. */
const gate = 8_112_008
const tryAgain = 200

/** Forgotten at once, at most. */
const tidied = 1_000

/**
 * The line of what is due, on DBOS Transact. It wakes; what a wake does is kept from being done twice by the run's own
 * ledger and locks, so that DBOS may call it again after a crash. Launched by workers only: whoever launches it takes part
 * in the work.
 * @param pool is this queue's own, and ended by whoever made it
 * @param place of the database, without a password
 * @throws K1Error `not-set-up` where DBOS is not installed, `storage` when it cannot keep its tables there
 */
export async function openWorkQueue(
  pool: Pool,
  place: string,
  { worker, work, log }: WorkQueueOptions,
): Promise<WorkQueue> {
  const { DBOS, DBOSExecutor } = await load()
  const tell = (level: LogLevel) => (entry: unknown) => log(level, redact(String(entry)))
  DBOS.setConfig({
    name: 'k1ctl',
    systemDatabaseUrl: place,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: schema,
    applicationVersion: meaning,
    executorID: worker,
    listenQueues: [queueName],
    // Nobody waits for an event here; the queue is looked into.
    useListenNotify: false,
    enableOTLP: false,
    // What DBOS has to tell in passing is of no use to an operator.
    logger: { debug: tell('debug'), info: tell('debug'), warn: tell('warn'), error: tell('error') },
  })
  const wake = DBOS.registerWorkflow((id: string) => work(id), { name: 'wake', maxRecoveryAttempts: neverGiveUp })
  try {
    await alone(pool, () => DBOS.launch())
    await DBOS.registerQueue(queueName, {
      workerConcurrency: 1,
      minPollingIntervalMs: lookEvery,
      onConflict: 'always_update',
    })
  } catch (error) {
    await DBOS.shutdown({ deregister: true }).catch(() => undefined)
    const says = error instanceof Error ? error.message : String(error)
    if (/terminat|ECONN|EPIPE|timeout|starting up|shutting down/i.test(says)) {
      throw new K1Error('unreachable', `The team's store ${place} does not answer: ${redact(says)}.`, { cause: error })
    }
    throw new K1Error('storage', `The queue in ${place} cannot be opened: ${redact(says)}.`, {
      hint: 'The role needs the right to make a schema there: k1ctl store check',
      cause: error,
    })
  }
  return {
    async wake(ids) {
      for (const id of ids) {
        await DBOS.startWorkflow(wake, {
          queueName,
          // In line, or being done: then it is not there twice.
          duplicationPolicy: 'return-existing',
          enqueueOptions: { deduplicationID: id },
        })(id)
      }
    },
    async takeOver(workers) {
      await DBOSExecutor.globalInstance?.recoverPendingWorkflows([...workers])
    },
    async tidy(before) {
      const done = await DBOS.listWorkflows({
        workflowName: 'wake',
        status: ['SUCCESS', 'ERROR', 'CANCELLED'],
        endTime: before.toISOString(),
        limit: tidied,
        loadInput: false,
        loadOutput: false,
      })
      if (done.length > 0) await DBOS.deleteWorkflows(done.map(one => one.workflowID))
    },
    close: waitMs => DBOS.shutdown({ deregister: true, workflowCompletionTimeoutMS: waitMs }),
  }
}

/**
 * One worker at a time: two that launch on a new database meet in its migrations ("deadlock detected"). It is tried for,
 * not waited for: an index that is made while others work waits for each statement that runs, also for one that waits.
 */
async function alone(pool: Pool, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    const got = async () => {
      const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [gate])
      return rows[0]?.got === true
    }
    while (!(await got())) await new Promise(resolve => setTimeout(resolve, tryAgain))
    await work()
    await client.query('SELECT pg_advisory_unlock($1)', [gate])
    client.release()
  } catch (error) {
    // With the connection goes the lock.
    client.release(true)
    throw error
  }
}

/** It is no part of k1ctl: 12 MB that only whoever runs a team's worker needs. */
async function load() {
  try {
    const [{ DBOS }, { DBOSExecutor }] = await Promise.all([
      import('@dbos-inc/dbos-sdk'),
      import('@dbos-inc/dbos-sdk/internal/dbos-executor'),
    ])
    return { DBOS, DBOSExecutor }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /MODULE_NOT_FOUND$/.test(String(error.code)))) throw error
    throw new K1Error('not-set-up', "A team's worker needs DBOS Transact, which is not installed with k1ctl.", {
      hint: 'npm install -g @dbos-inc/dbos-sdk@5.3',
    })
  }
}
