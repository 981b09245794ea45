import type { Clock } from '../../core/ports.ts'
import type { Employee } from './schemas.ts'

/**
 * How long a look waits for company, in milliseconds, by how many requests went out within the hour: the fewer are left,
 * the longer, so that a run over thousands stays within what BMS allows.
 */
const moments = [
  { below: 300, ms: 25 },
  { below: 900, ms: 250 },
  { below: Number.POSITIVE_INFINITY, ms: 1_000 },
]
const hourMs = 3_600_000
/** BMS's own page size: more would need a second request. */
const mostAtOnce = 100

interface Waiting {
  id: number
  resolve(employee: Employee | undefined): void
  reject(error: unknown): void
}

/**
 * Looks at employees by number. Looks that are asked for in the same moment go in one request: BMS allows 1,500 an
 * hour, and a hundred leavers at a look or two each would use it up. The request is always sent after it was asked
 * for, so that what it shows is never older than the question.
 */
export function gatherLooks(
  readMany: (ids: readonly number[]) => Promise<Employee[]>,
  clock: Clock,
): (id: number) => Promise<Employee | undefined> {
  const waiting: Waiting[] = []
  let sent: number[] = []

  function momentMs(): number {
    const since = clock.now().getTime() - hourMs
    sent = sent.filter(at => at > since)
    return moments.find(({ below }) => sent.length < below)?.ms ?? 0
  }

  async function flush(): Promise<void> {
    await clock.sleep(momentMs())
    // Whoever comes while these are answered waits for company of their own: else each would go alone, right behind them.
    const all = waiting.splice(0)
    for (let at = 0; at < all.length; at += mostAtOnce) await answer(all.slice(at, at + mostAtOnce))
  }

  async function answer(batch: readonly Waiting[]): Promise<void> {
    try {
      sent.push(clock.now().getTime())
      const found = await readMany([...new Set(batch.map(w => w.id))])
      for (const { id, resolve } of batch) resolve(found.find(employee => employee.id === id))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return id =>
    new Promise((resolve, reject) => {
      waiting.push({ id, resolve, reject })
      if (waiting.length === 1) void flush()
    })
}
