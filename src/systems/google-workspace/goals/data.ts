import { K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import { collect } from '../paging.ts'
import type { GoogleUser, Transfer } from '../schemas.ts'
import type { TransferParam } from '../transfer-client.ts'
import { type GoalGround, isBlocked, type Subject } from './ground.ts'

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

interface Handover {
  application: string
  id: string
  status: string
  transfer?: string
  requestedAt?: string
}

const finished = 'completed'
const failed = 'failed'

/** Drive and Calendar belong to the successor. */
export function dataHandedOver(
  ground: GoalGround,
  subject: Subject,
  successor: GoogleUser,
  waitMs: number,
): AccountGoal {
  const look = () => lookAtData(ground, subject.id, successor)
  return {
    kind: 'data-handed-over',
    reach: 'api',
    summary: `Data in Drive and Calendar is handed over to ${successor.primaryEmail}`,
    effect: 'irreversible',
    repeatable: false,
    after: [],
    later: 'Google moves the data in the background, and tells by mail when it is done.',
    differences:
      subject.now === null
        ? []
        : [{ what: 'Drive and Calendar', before: subject.email, after: successor.primaryEmail }],
    warnings: [],
    residual: [
      'Mail is not moved. Of the calendar only future events with guests or rooms are, and none that is private.',
    ],
    look,
    async bring() {
      if ((await ground.user(subject.id)) === null) return
      const open = (await read(ground, subject.id, successor)).filter(one => !isUnderWay(one.status))
      if (open.length > 0) {
        await ground.transfers.begin({
          oldOwnerUserId: subject.id,
          newOwnerUserId: successor.id,
          applicationDataTransfers: open.map(({ id }) => ({
            applicationId: id,
            applicationTransferParams: wanted.find(one => one.id === id)?.params ?? [],
          })),
        })
      }
      await waitFor(look, { clock: ground.clock, waitMs, signal: ground.signal })
    },
  }
}

/** @throws K1Error `refused` */
export async function findSuccessor(ground: GoalGround, email: string, leaverId: string): Promise<GoogleUser> {
  const user = await ground.userCalled(email)
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

async function lookAtData(ground: GoalGround, id: string, successor: GoogleUser): Promise<Standing> {
  const handovers = await read(ground, id, successor)
  const done = handovers.every(one => one.status === finished)
  const reading = { successor: successor.primaryEmail, transfers: handovers }
  if (!done && (await ground.user(id)) === null) {
    return { state: 'unobservable', why: 'The account is gone, and no finished transfer of its data is on record.' }
  }
  return { state: done ? 'holds' : 'not-yet', reading }
}

/** Where each application stands. One that the account does not have needs no transfer. */
async function read(ground: GoalGround, id: string, successor: GoogleUser): Promise<Handover[]> {
  const [applications, transfers, user] = await Promise.all([
    collect(ground.transfers.applications()),
    collect(ground.transfers.transfersOf(id)),
    ground.user(id),
  ])
  const ours = transfers
    .filter(one => one.oldOwnerUserId === id && one.newOwnerUserId === successor.id && isRecent(one, user))
    .sort((one, other) => rank(one) - rank(other))
  return wanted
    .filter(one => applications.some(application => application.id === one.id))
    .map(one => {
      const transfer = ours.find(t => t.applicationDataTransfers?.some(a => a.applicationId === one.id))
      const part = transfer?.applicationDataTransfers?.find(a => a.applicationId === one.id)
      const status = part?.applicationTransferStatus ?? transfer?.overallTransferStatusCode ?? 'none'
      return {
        application: one.title,
        id: one.id,
        status,
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

function isUnderWay(status: string): boolean {
  return status !== 'none' && status !== failed
}
