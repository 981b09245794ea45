import type { Account, AccountGoal, PeopleAccess } from '../../core/account.ts'
import { oneByOne } from '../../core/change.ts'
import { K1Error } from '../../core/errors.ts'
import { nobodySees } from '../../core/reading.ts'
import type { WebhookKind } from './about.ts'
import { outlineOf } from './goals.ts'
import { leftWith, newOccasion } from './people.ts'
import type { Receiver } from './receiver.ts'
import { wordings } from './wording.ts'

/**
 * People of a receiver that only takes messages: a ticket queue, a chat channel, a flow of an automation tool. It is
 * told once in a run, and never asked. Nobody can say whether it knows the person, so it is told of any e-mail.
 */
export function createBlindPeople(receiver: Receiver, kinds: readonly WebhookKind[]): PeopleAccess {
  const occasion = newOccasion()
  const why = `${receiver.title} takes messages and cannot tell how things are (reads=no).`

  function accountOf(email: string): Account {
    const id = email.toLowerCase()
    return { id, login: id, email: id, name: '', active: true, roles: [], asFound: { occasion }, assumed: true }
  }

  function messageFor(account: Account, kind: WebhookKind): AccountGoal {
    const { summary, what, after } = wordings[kind]
    return {
      ...nobodySees(why),
      ...outlineOf(kind),
      summary,
      changes: () => [{ id: kind, what, before: 'unknown', after }],
      take: oneByOne(() =>
        receiver.ensure({ person: account, goal: kind, hold: true, occasion: account.asFound?.occasion ?? occasion }),
      ),
    }
  }

  return {
    // A log-in alone would tell the receiver nothing; whoever is found by it elsewhere is looked for by e-mail again.
    find: async word => (isEmail(word.trim()) ? [accountOf(word.trim())] : []),
    account: async id => (isEmail(id) ? accountOf(id) : null),
    goals: async (account, { delete: alsoDelete, devices }) =>
      kinds
        .filter(kind => kind !== 'deleted' || alsoDelete)
        .map(kind => ({ ...messageFor(account, kind), ...leftWith(receiver, kind, devices) })),
    // biome-ignore lint/correctness/useYield: there is nobody to list, and an empty list would say that nobody is left
    async *list() {
      throw new K1Error('refused', `${receiver.title} cannot tell who has an account there (reads=no).`)
    },
    count: async () => null,
  }
}

function isEmail(word: string): boolean {
  return /^[^\s@"*%]+@[^\s@"*%]+\.[^\s@"*%]+$/.test(word)
}
