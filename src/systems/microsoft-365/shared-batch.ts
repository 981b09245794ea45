import type { Clock } from '../../core/ports.ts'
import type { HttpClient } from '../../http/client.ts'
import { type BatchPart, mostParts, type PartAnswer, postBatch } from './batch.ts'

export interface SharedBatch {
  /** Is it worth while to wait for company? Not before several people are looked at in this session. */
  takes(parts: readonly BatchPart[]): boolean
  /**
   * Sends readings with those that others ask for meanwhile; answers are in the order of parts, each with its own
   * failure, and none was tried twice. @throws K1Error what the batch as a whole fails with
   */
  carry(parts: readonly BatchPart[]): Promise<PartAnswer[]>
}

interface Waiting {
  parts: readonly BatchPart[]
  resolve(answers: PartAnswer[]): void
  reject(error: unknown): void
}

/** A leaver, and who gets what they had, have no company yet. */
const manyPeople = 3
const shortestMs = 100
const longestMs = 400

/**
 * Readings of several people in one request. What is asked for waits for company about as long as the last answer took,
 * so that slow answers, which leave more to ask for, are fewer. It is always sent after it was asked for: what it shows is
 * never older than the question.
 */
export function createSharedBatch(http: HttpClient, clock: Clock): SharedBatch {
  const people = new Set<string>()
  const waiting: Waiting[] = []
  let pauseMs = shortestMs

  function note(parts: readonly BatchPart[]): void {
    for (const { url } of parts) {
      const id = /^\/users\/([^/?]+)/.exec(url)?.[1]
      if (id !== undefined && people.size < manyPeople) people.add(id)
    }
  }

  /** As many as go into one batch, in their order. */
  function nextLoad(): Waiting[] {
    let room = mostParts
    const full = waiting.findIndex(({ parts }) => {
      room -= parts.length
      return room < 0
    })
    return waiting.splice(0, full < 0 ? waiting.length : full)
  }

  async function depart(): Promise<void> {
    await clock.sleep(pauseMs)
    while (waiting.length > 0) void send(nextLoad())
  }

  async function send(load: readonly Waiting[]): Promise<void> {
    const begun = clock.now().getTime()
    try {
      const parts = load.flatMap(one => one.parts)
      const answers = [...(await postBatch(http, clock, parts, [...parts.keys()]))].map(([, { answer }]) => answer)
      for (const { parts: own, resolve } of load) resolve(answers.splice(0, own.length))
    } catch (error) {
      for (const { reject } of load) reject(error)
    }
    pauseMs = Math.min(Math.max(shortestMs, clock.now().getTime() - begun), longestMs)
  }

  return {
    takes(parts) {
      note(parts)
      return people.size >= manyPeople && parts.length <= mostParts && parts.every(({ method }) => method === 'GET')
    },
    carry: parts =>
      new Promise((resolve, reject) => {
        waiting.push({ parts, resolve, reject })
        if (waiting.length === 1) void depart()
      }),
  }
}
