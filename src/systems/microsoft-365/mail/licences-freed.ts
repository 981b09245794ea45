import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { K1Error } from '../../../core/errors.ts'
import { notSeen, type Part, partOf } from '../../../core/parts.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { isPersonalMailbox, type Mailbox } from '../exchange/mailbox.ts'
import { adminCenter, type GoalGround, type Holder, replicationMs, type Sent } from '../goals/ground.ts'
import { type Licences, licenceChanges, licencesBack, licencesOf, syncedLicences } from '../goals/licences.ts'
import type { Product } from '../products.ts'
import { type KeptLicences, keptFor } from './kept-licences.ts'
import { needOf } from './mailbox-need.ts'

interface Freed {
  licences: Part<Licences>
  mailbox: Part<Mailbox | null>
  kept: KeptLicences
  products: readonly Product[]
}

/** Null is what was not seen: nothing of it was taken. */
const snapshotSchema = z.object({
  licences: z.array(z.object({ skuId: z.string(), disabledPlans: z.array(z.string()) })).nullable(),
  licenceGroups: z.array(z.object({ id: z.string(), name: z.string() })).nullable(),
})

const notYetShared =
  'The mailbox is not a shared one yet, and would go with its licence: it is freed once the conversion was read back.'

/**
 * No licence is left but the one that the mailbox still needs. It stands on the mailbox being a shared one: a mailbox of a
 * person is deleted 30 days after its licence.
 */
export function licencesFreed(ground: GoalGround, subject: Holder): AccountGoal<Freed, Sent> {
  const { account, options, readings } = subject
  const { graph, connection } = ground
  const converts = connection.mailbox === 'shared'

  return {
    kind: 'licences-freed',
    reach: 'api',
    summary: converts ? 'Licences are freed, but what the mailbox needs' : 'Licences are freed',
    effect: converts ? 'reversible' : 'irreversible',
    repeatable: true,
    after: converts ? ['mailbox-shared'] : [],
    // Cancellations are sent from the mailbox.
    behind: ['groups-left', 'data-handed-over', 'successor-let-in', 'access-freed', 'meetings-cancelled'],
    needs: ['user', 'memberships', 'mailbox', 'mailbox size'],
    touches: changes => (changes.some(({ id }) => id.startsWith('group ')) ? ['user', 'memberships'] : ['user']),
    async read(moment) {
      const none: Part<never> | undefined = ground.lacks.length === 0 ? undefined : { error: noRight(ground.lacks) }
      const [user, memberships, mailbox, size, products] = await Promise.all([
        readings.user(moment),
        partOf(readings.memberships(moment)),
        none ?? partOf(readings.mailbox(moment)),
        none ?? partOf(readings.mailboxSize(moment)),
        partOf(ground.products()),
      ])
      if (user === null) return goneReading
      const licences = licencesOf(user, memberships)
      if (licences.error !== undefined) throw licences.error
      const need =
        mailbox.value === undefined
          ? ['whether it has more than 50 GB, an archive or a hold could not be seen']
          : needOf(mailbox.value, size)
      const kept = keptFor(converts ? need : [], licences.value, products.value, mailbox.value?.archive === true)
      return seen({ licences, mailbox, kept, products: products.value ?? [] })
    },
    holds: value => changesOf(value).length === 0,
    changes: changesOf,
    warnings: ({ licences, mailbox, kept }) => [
      ...notSeen({ 'The mailbox': mailbox }),
      ...(converts || mailbox.value === null || (licences.value?.direct.length ?? 0) === 0
        ? []
        : ['The mailbox is deleted 30 days after its licence: convert it to a shared one before, if it is to stay.']),
      ...kept.why,
    ],
    residual: ({ licences, kept }) => [
      ...kept.why,
      ...syncedLicences(licences, options.present),
      ...(licences.value !== undefined && kept.direct.size + kept.groups.size === 0
        ? [
            'OneDrive: 60 days after its licence it can only be read, after 93 days it is archived, and deleted after a year that nobody pays for.',
          ]
        : []),
    ],
    shown: ({ licences, kept }) => ({
      licences: licences.value?.direct ?? null,
      licenceGroups: licences.value?.groups.map(({ id, name }) => ({ id, name })) ?? null,
      kept: [...kept.direct, ...kept.groups],
    }),
    take: free,
    settlesWithin: replicationMs,
    back: {
      shape: snapshotSchema,
      what: `which licences ${account.login} had`,
      place: adminCenter,
      summary: () => 'Licences are given back',
      isBack: (had, now) => missing(had, now).length === 0,
      changes: missing,
      give: free,
    },
  }

  function changesOf({ licences, mailbox, kept, products }: Freed): Sent[] {
    const { direct = [], groups = [] } = licences.value ?? {}
    const left = {
      direct: direct.filter(({ skuId }) => !kept.direct.has(skuId)),
      groups: groups.filter(({ id }) => !kept.groups.has(id)),
    }
    const name = (skuId: string) => products.find(({ id }) => id === skuId)?.name ?? skuId
    const waits = converts && mailbox.value !== undefined && mailbox.value !== null && isPersonalMailbox(mailbox.value)
    return licenceChanges(account.id, left, name).map(one =>
      waits ? { id: one.id, what: one.what, before: one.before, after: one.after, why: notYetShared } : one,
    )
  }

  function missing(had: z.infer<typeof snapshotSchema>, { licences }: Freed): Sent[] {
    return licencesBack(graph, account.id, had, licences.value)
  }

  /** Two changes of one person's licences at once may meet. */
  function free(changes: readonly Sent[]) {
    return oneByOne(async ({ make, why }: Sent) => {
      if (make === undefined) throw new K1Error('refused', why ?? 'It cannot be freed here.')
      await graph.write(make())
    })(changes)
  }
}

function noRight(lacks: readonly string[]): K1Error {
  return new K1Error('forbidden', lacks[0] ?? 'Exchange Online cannot be asked.')
}
