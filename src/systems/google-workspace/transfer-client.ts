import type { HttpClient } from '../../http/client.ts'
import { path } from '../../http/client.ts'
import { allPages } from './paging.ts'
import { applicationsSchema, type Transfer, transferSchema, transfersSchema } from './schemas.ts'

export interface TransferParam {
  key: string
  value: string[]
}

export interface TransferRequest {
  oldOwnerUserId: string
  newOwnerUserId: string
  applicationDataTransfers: { applicationId: string; applicationTransferParams: TransferParam[] }[]
}

export type TransferClient = ReturnType<typeof createTransferClient>

/** The Data Transfer API, on the same host as the directory. */
export function createTransferClient(http: HttpClient) {
  return {
    applications() {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: path`/admin/datatransfer/v1/applications`,
          query: { maxResults: 100, pageToken },
          answer: applicationsSchema,
        })
        return { items: body.applications ?? [], next: body.nextPageToken }
      })
    },
    transfersOf(oldOwnerUserId: string): AsyncGenerator<Transfer> {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: path`/admin/datatransfer/v1/transfers`,
          query: { oldOwnerUserId, maxResults: 100, pageToken },
          answer: transfersSchema,
        })
        return { items: body.dataTransfers ?? [], next: body.nextPageToken }
      })
    },
    /** Has no key that would make it safe to send twice. */
    async begin(json: TransferRequest): Promise<Transfer> {
      const where = path`/admin/datatransfer/v1/transfers`
      return (await http.request({ method: 'POST', path: where, json, answer: transferSchema })).body
    },
  }
}
