import type { Clock } from '../../core/ports.ts'

interface Waiting<P, A> {
  parts: readonly P[]
  resolve(answers: A[] | null): void
  reject(error: unknown): void
}

export interface Carriage<P, A> {
  /** Parts that one request takes. */
  most: number
  /** So long whoever asks waits for others, in milliseconds. */
  pauseMs(): number
  /** Answers in the order of parts; null: they cannot go together. */
  send(parts: readonly P[]): Promise<A[] | null>
}

/** Carries what is asked for at about the same time in one request. */
export interface Company<P, A> {
  /**
   * Answers in the order of parts; null: nobody else asked, or they cannot go together, and whoever asks sends them by
   * itself. It is always sent after it was asked for: what it shows is never older than the question.
   * @throws K1Error what the request as a whole fails with
   */
  join(parts: readonly P[]): Promise<A[] | null>
}

export function createCompany<P, A>(clock: Clock, { most, pauseMs, send }: Carriage<P, A>): Company<P, A> {
  const waiting: Waiting<P, A>[] = []

  /** As many as go into one request, in their order. */
  function nextLoad(): Waiting<P, A>[] {
    let room = most
    const full = waiting.findIndex(({ parts }) => {
      room -= parts.length
      return room < 0
    })
    return waiting.splice(0, full < 0 ? waiting.length : full)
  }

  async function depart(): Promise<void> {
    await clock.sleep(pauseMs())
    while (waiting.length > 0) void carry(nextLoad())
  }

  async function carry(load: readonly Waiting<P, A>[]): Promise<void> {
    try {
      const answers = load.length < 2 ? null : await send(load.flatMap(({ parts }) => parts))
      for (const { parts, resolve } of load) resolve(answers?.splice(0, parts.length) ?? null)
    } catch (error) {
      for (const { reject } of load) reject(error)
    }
  }

  return {
    async join(parts) {
      if (parts.length > most) return null
      return new Promise((resolve, reject) => {
        waiting.push({ parts, resolve, reject })
        if (waiting.length === 1) void depart()
      })
    },
  }
}
