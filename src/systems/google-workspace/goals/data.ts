import type { AccountGoal } from '../../../core/account.ts'
import { allAtOnce, type Change, oneByOne } from '../../../core/change.ts'
import { K1Error } from '../../../core/errors.ts'
import { once } from '../../../core/once.ts'
import { seen } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import { collect } from '../paging.ts'
import { isBlocked } from '../read-account.ts'
import type { GoogleUser, Transfer } from '../schemas.ts'
import type { TransferParam } from '../transfer-client.ts'
import { type GoalGround, type Holder, userIn } from './ground.ts'

/**
 * What is handed over, all of it. Ids and parameters: Data Transfer API, "Transfer parameters"; the list of applications
 * says which of them this account has.
 */
const wanted: readonly { id: string; title: string; params: TransferParam[] }[] = [
  {
    id: '55656082996',
    title: 'Drive',
    // Without it only files that are shared with somebody are moved.
    params: [{ key: 'PRIVACY_LEVEL', value: ['PRIVATE', 'SHARED'] }],
  },
  { id: '435070579839', title: 'Calendar', params: [{ key: 'RELEASE_RESOURCES', value: ['TRUE'] }] },
]

interface Part {
  application: string
  id: string
  status: string
  transfer?: string
  requestedAt?: string
}

interface Handover {
  successor: GoogleUser
  transfers: Part[]
  isGone: boolean
}

const finished = 'completed'
const failed = 'failed'

/** Drive and Calendar belong to the successor. */
export function dataHandedOver(
  ground: GoalGround,
  subject: Holder,
  successor: string,
  waitMs: number,
): AccountGoal<Handover> {
  const { id } = subject
  const heir = once(() => findSuccessor(ground, successor, id))
  const isDone = ({ transfers }: Handover) => transfers.every(({ status }) => status === finished)
  return {
    ...overApi,
    kind: 'data-handed-over',
    summary: `Data in Drive and Calendar is handed over to ${successor}`,
    effect: 'irreversible',
    repeatable: false,
    later: 'Google moves the data in the background, and tells by mail when it is done.',
    needs: ['user', 'transfers'],
    touches: () => ['transfers'],
    async read(moment) {
      const [to, user, applications, transfers] = await Promise.all([
        heir(),
        userIn(moment, ground, subject),
        ground.applications(),
        moment.read('transfers', () => collect(ground.transfers.transfersOf(id))),
      ])
      const ours = transfers.filter(
        one => one.oldOwnerUserId === id && one.newOwnerUserId === to.id && isRecent(one, user),
      )
      return seen({ successor: to, transfers: partsOf(applications, ours), isGone: user === null })
    },
    holds: isDone,
    unobservable: found =>
      found.isGone && !isDone(found)
        ? 'The account is gone, and no finished transfer of its data is on record.'
        : undefined,
    changes: ({ successor: to, transfers, isGone }) =>
      isGone
        ? []
        : transfers
            .filter(({ status }) => status === 'none' || status === failed)
            .map(one => ({ id: one.id, what: one.application, before: subject.email, after: to.primaryEmail })),
    residual: () => [
      'Mail is not moved. Of the calendar only future events with guests or rooms are, and none that is private.',
    ],
    async take(changes, { successor: to, isGone }) {
      if (isGone) return [{ id: 'all', skipped: true }]
      const start = (open: readonly Change[]) => begin(ground, id, to.id, open)
      const together = await allAtOnce<Change>(start)(changes)
      // One that is not switched on refuses the request of both: then each goes by itself.
      const isRefused = changes.length > 1 && together.some(({ error }) => error?.kind === 'rejected')
      return isRefused ? oneByOne<Change>(change => start([change]))(changes) : together
    },
    settlesWithin: waitMs,
    shown: ({ successor: to, transfers }) => ({ successor: to.primaryEmail, transfers }),
  }
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

async function begin({ transfers }: GoalGround, from: string, to: string, open: readonly Change[]): Promise<void> {
  await transfers.begin({
    oldOwnerUserId: from,
    newOwnerUserId: to,
    applicationDataTransfers: open.map(({ id }) => ({
      applicationId: id,
      applicationTransferParams: wanted.find(one => one.id === id)?.params ?? [],
    })),
  })
}

/** Where each application stands. One that the account does not have needs no transfer. */
function partsOf(applications: ReadonlySet<string>, transfers: readonly Transfer[]): Part[] {
  const byRank = [...transfers].sort((one, other) => rank(one) - rank(other))
  return wanted
    .filter(({ id }) => applications.has(id))
    .map(({ id, title }) => {
      const transfer = byRank.find(one => one.applicationDataTransfers?.some(part => part.applicationId === id))
      const part = transfer?.applicationDataTransfers?.find(one => one.applicationId === id)
      return {
        application: title,
        id,
        status: part?.applicationTransferStatus ?? transfer?.overallTransferStatusCode ?? 'none',
        ...(transfer ? { transfer: transfer.id } : {}),
        ...(transfer?.requestTime ? { requestedAt: transfer.requestTime } : {}),
      }
    })
}

/** What was made after an earlier transfer, it did not move: it counts only if nobody signed in since. */
function isRecent({ requestTime }: Transfer, user: GoogleUser | null): boolean {
  const lastLogin = Date.parse(user?.lastLoginTime ?? '')
  const requested = Date.parse(requestTime ?? '')
  return Number.isNaN(lastLogin) || Number.isNaN(requested) || requested >= lastLogin
}

/** Finished before running before failed. */
function rank({ overallTransferStatusCode }: Transfer): number {
  if (overallTransferStatusCode === finished) return 0
  return overallTransferStatusCode === failed ? 2 : 1
}
