import { isK1Error } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { LimitBucket, SharedLimits, UsedGrant } from '../core/shared-limits.ts'
import { keyOf, type RateLimit } from './rate.ts'
import type { RateGate } from './rate-gate.ts'

/** A limit of a minute or less is waited for, longer than a call may take; one of an hour is told. */
const waitedFor = 60_000

/** So long until the team's store is asked again when it did not answer, in milliseconds. */
const askAgain = 500

/** Nobody takes more at once than this part of a limit: what dies with a process is missed for a while. */
const largestPart = 40

/** What this process has of one bucket. Times are of its own steady clock. */
interface Purse {
  bucket: LimitBucket
  grant: { id: string; left: number; until: number } | undefined
  /** Twice as much as the last time, while it is used up in time: few questions for many requests. */
  next: number
  /** Before then nobody gets a place. */
  freeAt: number
  waiting: number
  /** One after the other, in the order of their coming. */
  queue: Promise<unknown>
}

/**
 * The limit as all machines of a team keep it together. `place` is the system and where it is, for the name of the
 * bucket. When the team's store does not answer, nothing leaves: who does not know what the others send would pass the
 * limit, and without the store nothing may be changed anyway.
 */
export function sharedGate(limit: RateLimit, limits: SharedLimits, place: string, clock: Clock): RateGate {
  const purses = new Map<string, Purse>()
  const purseOf = (key: string): Purse => {
    const name = [place, limit.of, key].filter(Boolean).join(' · ')
    const purse = purses.get(key) ?? {
      bucket: { name, requests: limit.requests, perMs: limit.perMs },
      grant: undefined,
      next: 1,
      freeAt: 0,
      waiting: 0,
      queue: Promise.resolve(),
    }
    purses.set(key, purse)
    return purse
  }

  async function serve(purse: Purse, times: { store: number; turn: number }, signal?: AbortSignal) {
    for (;;) {
      const now = performance.now()
      const { grant } = purse
      if (grant && grant.left > 0 && now < grant.until) {
        grant.left -= 1
        return undefined
      }
      if (purse.freeAt > now) {
        if (purse.freeAt > times.turn) return purse.freeAt - now
        await clock.sleep(purse.freeAt - now, signal)
        continue
      }
      try {
        await take(purse, now)
      } catch (error) {
        if (!isK1Error(error) || error.kind !== 'unreachable' || now + askAgain > times.store) throw error
        await clock.sleep(askAgain, signal)
      }
    }
  }

  async function take(purse: Purse, now: number): Promise<void> {
    const last = usedOf(purse)
    if (purse.grant) purse.next = last?.unused === 0 ? purse.next * 2 : 1
    const most = Math.max(1, Math.floor(limit.requests / largestPart))
    purse.next = Math.min(most, purse.next)
    const want = Math.min(most, Math.max(purse.next, purse.waiting))
    const got = await limits.take(purse.bucket, want, last)
    purse.grant = undefined
    if ('waitMs' in got) purse.freeAt = now + got.waitMs
    // From before it was asked for: the store counts it from later on.
    else purse.grant = { id: got.id, left: got.places, until: now + got.forMs }
  }

  return {
    async admit(path, leftMs, signal) {
      const begun = performance.now()
      const purse = purseOf(keyOf(limit, path))
      const patience = limit.perMs <= waitedFor ? Math.max(leftMs, 2 * limit.perMs) : leftMs
      purse.waiting += 1
      const turn = purse.queue.then(() => serve(purse, { store: begun + leftMs, turn: begun + patience }, signal))
      purse.queue = turn.catch(() => undefined)
      const tooLongMs = await turn.finally(() => {
        purse.waiting -= 1
      })
      return tooLongMs === undefined ? { uncountedMs: performance.now() - begun } : { tooLongMs }
    },
    async close() {
      const used = [...purses.values()].flatMap(purse => usedOf(purse) ?? []).filter(({ unused }) => unused > 0)
      // What is not given back counts until its stretch is over.
      await Promise.allSettled(used.map(last => limits.giveBack(last)))
    },
  }
}

function usedOf({ grant }: Purse): UsedGrant | undefined {
  return grant && { id: grant.id, unused: grant.left }
}
