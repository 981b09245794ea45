import type { HttpClient } from '../../http/client.ts'
import { path } from '../../http/client.ts'
import { unlessNotThere } from './google-error.ts'
import { allPages } from './paging.ts'
import {
  type Chromebook,
  chromebookSchema,
  chromebooksSchema,
  commandSchema,
  issuedSchema,
  type Phone,
  phoneSchema,
  phonesSchema,
  statusResultsSchema,
} from './schemas.ts'
import { customer } from './user-client.ts'

/** Of those that Google documents under mobiledevices.action, the ones that k1ctl uses. */
export type PhoneAction = 'admin_account_wipe' | 'admin_remote_wipe' | 'block'

export type DeviceClient = ReturnType<typeof createDeviceClient>

export function createDeviceClient(http: HttpClient) {
  const mobile = path`/admin/directory/v1/customer/${customer}/devices/mobile`
  const chromeos = path`/admin/directory/v1/customer/${customer}/devices/chromeos`

  return {
    /** A search by words: who calls it has to compare the addresses. */
    phones(query: string): AsyncGenerator<Phone> {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: mobile,
          query: { query, maxResults: 100, projection: 'FULL', pageToken },
          answer: phonesSchema,
        })
        return { items: body.mobiledevices ?? [], next: body.nextPageToken }
      })
    },
    /** The phone itself: what a search shows may be 36 hours old. Null when it is gone. */
    async phone(resourceId: string): Promise<Phone | null> {
      const where = path`/admin/directory/v1/customer/${customer}/devices/mobile/${resourceId}`
      const answer = await unlessNotThere(http.request({ method: 'GET', path: where, answer: phoneSchema }))
      return answer?.body ?? null
    },
    async somePhones(): Promise<void> {
      await http.request({ method: 'GET', path: mobile, query: { maxResults: 1 }, answer: phonesSchema })
    },
    async actOnPhone(resourceId: string, action: PhoneAction): Promise<void> {
      const where = path`/admin/directory/v1/customer/${customer}/devices/mobile/${resourceId}/action`
      // An erased phone may belong to somebody else by the time it would be erased again.
      await http.request({ method: 'POST', path: where, json: { action }, repeatable: action !== 'admin_remote_wipe' })
    },
    chromebooks(query: string): AsyncGenerator<Chromebook> {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: chromeos,
          query: { query, maxResults: 300, projection: 'FULL', pageToken },
          answer: chromebooksSchema,
        })
        return { items: body.chromeosdevices ?? [], next: body.nextPageToken }
      })
    },
    async chromebook(deviceId: string): Promise<Chromebook | null> {
      const where = path`/admin/directory/v1/customer/${customer}/devices/chromeos/${deviceId}`
      const answer = await unlessNotThere(http.request({ method: 'GET', path: where, answer: chromebookSchema }))
      return answer?.body ?? null
    },
    async someChromebooks(): Promise<void> {
      await http.request({ method: 'GET', path: chromeos, query: { maxResults: 1 }, answer: chromebooksSchema })
    },
    async annotate(deviceId: string, annotatedUser: string): Promise<void> {
      const where = path`/admin/directory/v1/customer/${customer}/devices/chromeos/${deviceId}`
      await http.request({ method: 'PUT', path: where, json: { annotatedUser }, repeatable: true })
    },
    /** @returns what went wrong, by device; the request as a whole goes well all the same */
    async changeStatus(customerId: string, deviceIds: readonly string[], action: 'DISABLE' | 'DEPROVISION') {
      const { body } = await http.request({
        method: 'POST',
        path: path`/admin/directory/v1/customer/${customerId}/devices/chromeos:batchChangeStatus`,
        json: {
          deviceIds,
          changeChromeOsDeviceStatusAction: `CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_${action}`,
          ...(action === 'DEPROVISION' ? { deprovisionReason: 'DEPROVISION_REASON_RETIRING_DEVICE' } : {}),
        },
        repeatable: true,
        answer: statusResultsSchema,
      })
      return (body.changeChromeOsDeviceStatusResults ?? []).flatMap(({ deviceId, error }) =>
        error === undefined ? [] : [{ deviceId, message: error.message ?? 'no reason given' }],
      )
    },
    /** @returns the id of the command */
    async powerwash(customerId: string, deviceId: string): Promise<string> {
      const where = path`/admin/directory/v1/customer/${customerId}/devices/chromeos/${deviceId}:issueCommand`
      const json = { commandType: 'REMOTE_POWERWASH' }
      return (await http.request({ method: 'POST', path: where, json, answer: issuedSchema })).body.commandId
    },
    async command(customerId: string, deviceId: string, commandId: string) {
      const where = path`/admin/directory/v1/customer/${customerId}/devices/chromeos/${deviceId}/commands/${commandId}`
      return (await http.request({ method: 'GET', path: where, answer: commandSchema })).body
    },
  }
}
