import { expect } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import { redact } from '../../src/core/redact.ts'
import type { PeopleStage } from './people-stage.ts'

/** Everything that a test was shown, to be searched for secrets. */
export interface Watch {
  /** Notes it, and gives it back. */
  see<T>(shown: T): T
  /** Searches what was shown since the last time, and forgets it. */
  search(stage: PeopleStage): Promise<void>
  /** How much was searched so far: texts, secrets that could have been in them, and random passwords among those. */
  readonly figures: { texts: number; secrets: number; passwords: number }
}

export function createWatch(): Watch {
  let texts: string[] = []
  const figures = { texts: 0, secrets: 0, passwords: 0 }
  return {
    figures,
    see(shown) {
      texts.push(
        shown instanceof K1Error
          ? JSON.stringify([shown.message, shown.hint, shown.facts])
          : (JSON.stringify(shown) ?? 'undefined'),
      )
      return shown
    },
    async search(stage) {
      const passwords = (await stage.everyCall()).flatMap(({ body = '' }) => passwordsIn(body))
      const secrets = new Set([...stage.secrets(), ...passwords])
      const all = texts.join('\n')
      const leaked = [...secrets].filter(secret => shapesOf(secret).some(shape => all.includes(shape)))
      figures.texts += texts.length
      figures.secrets += secrets.size
      figures.passwords += passwords.length
      texts = []
      expect(leaked).toEqual([])
      // What a connector made or met itself, as its own memory has it: also what no log shows.
      expect(redact(all)).toBe(all)
    },
  }
}

/** As JSON, as it is, and of a key of several lines each long line. */
function shapesOf(secret: string): string[] {
  const lines = secret.split('\n').filter(line => line.length > 40)
  return [secret, JSON.stringify(secret).slice(1, -1), ...lines]
}

function passwordsIn(body: string): string[] {
  return [...body.matchAll(/"password":\s*"([^"]+)"/g)].map(([, password = '']) => password)
}
