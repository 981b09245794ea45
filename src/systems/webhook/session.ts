import type { OpenDeps, Session } from '../../core/system.ts'
import { quotable } from '../../http/message.ts'
import { createBlindPeople } from './blind-people.ts'
import { createWebhookPeople } from './people.ts'
import { createReceiver } from './receiver.ts'
import { readSettings } from './settings.ts'

/**
 * There is nothing to sign in to: each message carries its signature, and the first one shows what it is worth.
 * @throws K1Error `not-set-up`, `usage` for a URL that is none
 */
export function openSession(settings: Readonly<Record<string, string>>, deps: OpenDeps): Session {
  const read = readSettings(settings)
  const { host, place, kinds, reads } = read
  const receiver = createReceiver(read, deps)
  let answered: Promise<string[]> | undefined

  async function missing(): Promise<string[]> {
    const { goals, missing: rights } = await receiver.ping()
    const undone = goals ? kinds.filter(kind => !goals.includes(kind)) : []
    return [
      ...(rights ?? []).map(quotable),
      ...undone.map(kind => `The receiver does not do ${kind}: teach it, or take it out of the setting kinds.`),
    ]
  }

  return {
    async check() {
      // Asked once a session: an offboarding checks for each of a hundred people, and a ping may end in a chat channel.
      answered ??= missing()
      const asked = answered
      try {
        return { name: host, email: '', tenant: place, missing: await asked }
      } catch (error) {
        if (answered === asked) answered = undefined
        throw error
      }
    },
    people: reads ? createWebhookPeople({ receiver, kinds }) : createBlindPeople(receiver, kinds),
    close: () => receiver.close(),
  }
}
