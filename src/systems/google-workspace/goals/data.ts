import { allAtOnce } from '../../../core/change.ts'
import { K1Error } from '../../../core/errors.ts'
import { once } from '../../../core/once.ts'
import { seen } from '../../../core/reading.ts'
import { act, goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import {
  type ApplicationTransfer,
  beginTransfers,
  failed,
  finished,
  transfersByApplication,
} from '../data-transfers.ts'
import { type GoalGround, type Holder, userIn } from '../ground.ts'
import { collect } from '../paging.ts'
import { isBlocked } from '../read-account.ts'
import type { GoogleUser } from '../schemas.ts'

interface Handover {
  successor: GoogleUser
  transfers: ApplicationTransfer[]
  isGone: boolean
}

/** Drive and Calendar belong to the successor. */
export function dataHandedOver(
  ground: GoalGround,
  subject: Holder,
  successor: string,
  waitMs: number,
): ThingsGoal<Handover> {
  const { id } = subject
  const heir = once(() => findSuccessor(ground, successor, id))
  const isDone = ({ transfers }: Handover) => transfers.every(({ status }) => status === finished)
  const start = (to: GoogleUser, open: readonly { id: string }[]) => beginTransfers(ground.transfers, id, to.id, open)
  return goalOfThings<Handover>({
    kind: 'data-handed-over',
    summary: `Data in Drive and Calendar is handed over to ${successor}`,
    repeatable: false,
    later: 'Google moves the data in the background, and tells by mail when it is done.',
    needs: ['user', 'transfers'],
    shows: ['transfers'],
    async read(moment) {
      const [to, user, applications, transfers] = await Promise.all([
        heir(),
        userIn(moment, ground, subject),
        ground.applications(),
        moment.read('transfers', () => collect(ground.transfers.transfersOf(id))),
      ])
      const parts = transfersByApplication(applications, transfers, { from: id, to: to.id, leaver: user })
      return seen({ successor: to, transfers: parts, isGone: user === null })
    },
    holds: isDone,
    unobservable: found =>
      found.isGone && !isDone(found)
        ? 'The account is gone, and no finished transfer of its data is on record.'
        : undefined,
    things: ({ successor: to, transfers, isGone }) =>
      transfers
        .filter(({ status }) => !isGone && (status === 'none' || status === failed))
        .map(one => ({
          ...{ id: one.id, what: one.application, name: subject.email, without: to.primaryEmail },
          take: () => start(to, [one]),
        })),
    residual: () => [
      'Mail is not moved. Of the calendar only future events with guests or rooms are, and none that is private.',
    ],
    async take(changes, { successor: to, isGone }) {
      if (isGone) return [{ id: 'all', skipped: true }]
      const together = await allAtOnce(() => start(to, changes))(changes)
      // One that is not switched on refuses the request of both: then each goes by itself.
      const isRefused = changes.length > 1 && together.some(({ error }) => error?.kind === 'rejected')
      return isRefused ? act(changes) : together
    },
    settlesWithin: waitMs,
    shown: ({ successor: to, transfers }) => ({ successor: to.primaryEmail, transfers }),
  })
}

/** @throws K1Error `refused` */
async function findSuccessor({ reader }: GoalGround, email: string, leaverId: string): Promise<GoogleUser> {
  const user = await reader.byAddress(email)
  const why =
    user === null
      ? 'nobody in Google Workspace has this address'
      : user.id === leaverId
        ? 'this is who leaves'
        : isBlocked(user)
          ? 'the account is suspended'
          : undefined
  if (user !== null && why === undefined) return user
  throw new K1Error('refused', `${email} cannot take over the data: ${why}.`, {
    hint: 'Name somebody with an active account: --successor E-MAIL.',
    facts: { successor: email },
  })
}
