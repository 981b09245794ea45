import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { K1Error } from '../../../core/errors.ts'
import { notSeen, type Part, partOf } from '../../../core/parts.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { goalSentBy, type Thing } from '../../../core/things.ts'
import { isPersonalMailbox, type Mailbox } from '../exchange/mailbox.ts'
import { adminCenter, type GoalGround, type Holder, replicationMs } from '../ground.ts'
import { type HadLicences, licencesOf, licencesShape, licenceThings, syncedLicences } from '../licences.ts'
import { type Sending, type Sent, send } from '../sending.ts'
import { type KeptLicences, keptFor } from './kept-licences.ts'
import { needOf } from './mailbox-need.ts'

interface Freed extends HadLicences {
  mailbox: Part<Mailbox | null>
  kept: KeptLicences
}

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

  /** Two changes of one person's licences at once may meet. */
  const oneAfterTheOther = oneByOne(({ act }: Sent) => send(graph, act))

  return goalSentBy<Freed, HadLicences, Sending>(oneAfterTheOther, {
    kind: 'licences-freed',
    summary: converts ? 'Licences are freed, but what the mailbox needs' : 'Licences are freed',
    effect: converts ? 'reversible' : 'irreversible',
    after: converts ? ['mailbox-shared'] : [],
    // Cancellations are sent from the mailbox.
    behind: ['groups-left', 'data-handed-over', 'successor-let-in', 'access-freed', 'meetings-cancelled'],
    needs: ['user', 'memberships', 'mailbox', 'mailbox size'],
    shows: ['user'],
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
      const { value } = licences
      const kept = keptFor(converts ? need : [], value, products.value, mailbox.value?.archive === true)
      const name = (skuId: string) => products.value?.find(({ id }) => id === skuId)?.name ?? skuId
      return seen({
        licences: value.direct.map(one => ({ ...one, name: name(one.skuId) })),
        licenceGroups: value.groups,
        mailbox,
        kept,
      })
    },
    things: (had, now) => licenceThings(graph, account.id, had).map(one => held(one, now)),
    warnings: ({ licences, mailbox, kept }) => [
      ...notSeen({ 'The mailbox': mailbox }),
      ...(converts || mailbox.value === null || !licences?.length
        ? []
        : ['The mailbox is deleted 30 days after its licence: convert it to a shared one before, if it is to stay.']),
      ...kept.why,
    ],
    residual: ({ licenceGroups, kept }) => [
      ...kept.why,
      ...syncedLicences(licenceGroups, options.present),
      ...(kept.direct.size + kept.groups.size === 0
        ? [
            'OneDrive: 60 days after its licence it can only be read, after 93 days it is archived, and deleted after a year that nobody pays for.',
          ]
        : []),
    ],
    shown: now => ({ ...licencesShape.parse(now), kept: [...now.kept.direct, ...now.kept.groups] }),
    settlesWithin: replicationMs,
    back: {
      shape: licencesShape,
      what: `which licences ${account.login} had`,
      place: adminCenter,
      summary: () => 'Licences are given back',
    },
  })

  function held(thing: Thing<Sending>, { mailbox: { value: mailbox }, kept }: Freed): Thing<Sending> {
    const keeps = [...[...kept.direct].map(id => `licence ${id}`), ...[...kept.groups].map(id => `group ${id}`)]
    const waits = converts && mailbox && isPersonalMailbox(mailbox)
    return { ...thing, ...(waits ? { take: { why: notYetShared } } : {}), stays: keeps.includes(thing.id) }
  }
}

function noRight(lacks: readonly string[]): K1Error {
  return new K1Error('forbidden', lacks[0] ?? 'Exchange Online cannot be asked.')
}
