/** The workers of a team, and the line that they take their work from. `store` and `worker` provide them. */

/** A worker as the others see it. */
export interface WorkerRow {
  id: string
  /** `user@host`. */
  operator: string
  /** Of k1ctl. */
  version: string
  /** ISO times: since when it works, and until when it is believed to. */
  since: string
  until: string
  alive: boolean
  /** The dated offboarding that it is at. */
  doing: string | null
}

/** What is kept of a limit, for whoever looks. */
export interface LimitUse {
  name: string
  requests: number
  perMs: number
  /** Places that count now. */
  taken: number
}

export interface SignedOn {
  /** At what it is now, for the others to see. */
  doing(what: string | null): void
  signOff(): Promise<void>
}

/** Who works. Whoever has not been heard of for half a minute is taken to be dead. */
export interface WorkerRoll {
  signOn(me: { id: string; operator: string; version: string }): Promise<SignedOn>
  list(): Promise<WorkerRow[]>
  /** Takes one that is dead off the list; false when it is alive again. */
  strike(id: string): Promise<boolean>
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface WorkQueueOptions {
  /** Of this worker, another one each time it starts. */
  worker: string
  /** Does what is due with one; never throws. What it does twice has to have no effect the second time. */
  work(id: string): Promise<void>
  log(level: LogLevel, text: string): void
}

/** The line of what is due. Each is in it once, and done by one worker. */
export interface WorkQueue {
  wake(ids: readonly string[]): Promise<void>
  /** Has what dead workers were at put in line again. May be called by several, and twice. */
  takeOver(workers: readonly string[]): Promise<void>
  /** Forgets what was done before then. */
  tidy(before: Date): Promise<void>
  /** Takes nothing new, and waits for what is being done for so many milliseconds. */
  close(waitMs: number): Promise<void>
}

export interface TeamWork {
  roll: WorkerRoll
  limits(): Promise<LimitUse[]>
  /** @throws K1Error `not-set-up` where the part that keeps it is not installed; `unreachable`, `storage` */
  openQueue(options: WorkQueueOptions): Promise<WorkQueue>
}
