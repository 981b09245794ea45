import type { GoogleUser, Transfer } from './schemas.ts'
import type { TransferClient, TransferParam } from './transfer-client.ts'

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

/** How it stands with one application. */
export interface ApplicationTransfer {
  application: string
  id: string
  /** Of Google's words, and `none`. */
  status: string
  transfer?: string
  requestedAt?: string
}

export const finished = 'completed'
export const failed = 'failed'

/** @param open ids of applications */
export async function beginTransfers(
  transfers: TransferClient,
  from: string,
  to: string,
  open: readonly { id: string }[],
): Promise<void> {
  await transfers.begin({
    oldOwnerUserId: from,
    newOwnerUserId: to,
    applicationDataTransfers: open.map(({ id }) => ({
      applicationId: id,
      applicationTransferParams: wanted.find(one => one.id === id)?.params ?? [],
    })),
  })
}

/** Where each application stands, by the transfers from one to another. One that the account does not have needs none. */
export function transfersByApplication(
  applications: ReadonlySet<string>,
  transfers: readonly Transfer[],
  { from, to, leaver }: { from: string; to: string; leaver: GoogleUser | null },
): ApplicationTransfer[] {
  const byRank = transfers
    .filter(one => one.oldOwnerUserId === from && one.newOwnerUserId === to && isRecent(one, leaver))
    .sort((one, other) => rank(one) - rank(other))
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
