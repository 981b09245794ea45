import { randomUUID } from 'node:crypto'
import type { Account, PeopleAccess } from '../../core/account.ts'
import { guardPages } from '../../http/page-guard.ts'
import type { WebhookKind } from './about.ts'
import { personGoal, type Telling } from './goals.ts'
import type { ListedPerson } from './messages.ts'
import type { Receiver } from './receiver.ts'

export interface WebhookPeopleOptions {
  receiver: Receiver
  kinds: readonly WebhookKind[]
}

/**
 * What tells this run's wishes from those of a year ago, when the same person left before. It goes with the account
 * into the run's ledger, so that a resumed run repeats itself to the letter, and a receiver can leave repetitions out.
 */
export function newOccasion(): string {
  return randomUUID()
}

/** People of a receiver that can tell how they stand. */
export function createWebhookPeople({ receiver, kinds }: WebhookPeopleOptions): PeopleAccess {
  const occasion = newOccasion()

  return {
    async find(word) {
      const wanted = word.trim()
      if (wanted === '') return []
      return (await receiver.find(wanted)).map(person => accountOf(person, occasion))
    },

    async account(id) {
      const person = await receiver.person(id)
      return person && accountOf(person, occasion)
    },

    async goals(account, { delete: alsoDelete, waitMs, devices }) {
      const telling: Telling = { receiver, account, occasion: account.asFound?.occasion ?? occasion, waitMs }
      return kinds
        .filter(kind => kind !== 'deleted' || alsoDelete)
        .map(kind => ({ ...personGoal(telling, kind), ...leftWith(receiver, kind, devices) }))
    },

    async *list() {
      const guard = guardPages(receiver.title, 'its people', 'next')
      for (let after: string | null = null; ; ) {
        const { people, next } = await receiver.list(after)
        for (const person of people) {
          yield { ...accountOf(person, occasion), ...(person.active === null ? { activeUnseen: true } : {}) }
        }
        if (next === null) return
        guard.goOn({ next })
        after = next
      }
    },

    async count() {
      return (await receiver.list(null)).total
    },
  }
}

/** The contract knows no locking and no erasing. */
export function leftWith(receiver: Receiver, kind: WebhookKind, fate: string): { residual?: () => string[] } {
  if (kind !== 'devices-released' || fate === 'release') return {}
  return { residual: () => [`Devices at ${receiver.title} are released; it is not asked to ${fate} them.`] }
}

function accountOf(person: ListedPerson, occasion: string): Account {
  const { id, login, email, name, active, roles, untouchable } = person
  return {
    id,
    login,
    email: email ?? '',
    name: name ?? '',
    // Somebody of whom the receiver cannot tell may sign in, as far as anybody knows.
    active: active ?? true,
    roles: roles ?? [],
    ...(untouchable ? { untouchable } : {}),
    asFound: { occasion },
  }
}
