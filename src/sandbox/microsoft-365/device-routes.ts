import { badRequest, GraphFailure } from './answers.ts'
import { page, select } from './query.ts'
import type { Route, RouteCall } from './route.ts'
import type { Tenant } from './tenant.ts'
import type { AutopilotIdentity, Device, ManagedDevice, TenantState } from './tenant-state.ts'

const readers = [
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementManagedDevices.ReadWrite.All',
  'DeviceManagementManagedDevices.PrivilegedOperations.All',
]
const privileged = ['DeviceManagementManagedDevices.PrivilegedOperations.All']
const directory = ['Directory.Read.All', 'Directory.ReadWrite.All', 'Device.Read.All', 'Device.ReadWrite.All']

const autopilotReaders = ['DeviceManagementServiceConfig.Read.All', 'DeviceManagementServiceConfig.ReadWrite.All']

export const deviceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/informationProtection/bitlocker/recoveryKeys',
    needs: ['BitlockerKey.ReadBasic.All', 'BitlockerKey.Read.All'],
    answer: ({ request, tenant, pageSize }) => {
      // learn.microsoft.com/graph/api/bitlocker-list-recoverykeys: it takes no $top.
      if (request.query.has('$top')) throw badRequest('The query option $top is not supported.', 'BadRequest')
      const found = tenant.seen().recoveryKeys.map(key => ({ ...key, volumeType: 'operatingSystemVolume' }))
      return { status: 200, body: page(found, request, pageSize) }
    },
  },
  {
    method: 'GET',
    path: '/deviceManagement/windowsAutopilotDeviceIdentities',
    needs: autopilotReaders,
    answer: ({ request, tenant, pageSize }) => ({
      status: 200,
      body: page(tenant.seen().autopilot, request, pageSize),
    }),
  },
  {
    method: 'GET',
    path: '/deviceManagement/windowsAutopilotDeviceIdentities/:',
    needs: autopilotReaders,
    answer: ({ request, tenant, id }) => ({
      status: 200,
      body: select(identity(tenant.seen(), id(1)), request.query),
    }),
  },
  {
    method: 'POST',
    path: '/deviceManagement/windowsAutopilotDeviceIdentities/:/unassignUserFromDevice',
    needs: ['DeviceManagementServiceConfig.ReadWrite.All'],
    answer: ({ tenant, id }) => {
      identity(tenant.state, id(1)).userPrincipalName = ''
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/users/:/managedDevices',
    needs: readers,
    answer: ({ request, tenant, id, pageSize }) => {
      readable(tenant)
      const state = tenant.seen()
      const user = tenant.user(state, id(1))
      const found = state.managedDevices.filter(({ userId }) => userId === user.id).map(one => deviceView(tenant, one))
      return { status: 200, body: page(found, request, pageSize) }
    },
  },
  {
    method: 'GET',
    path: '/deviceManagement/managedDevices',
    needs: readers,
    answer: ({ request, tenant, pageSize }) => {
      readable(tenant)
      const found = tenant.seen().managedDevices.map(one => deviceView(tenant, one))
      return { status: 200, body: page(found, request, pageSize) }
    },
  },
  {
    method: 'GET',
    path: '/deviceManagement/managedDevices/:',
    needs: readers,
    answer: ({ request, tenant, id }) => {
      readable(tenant)
      return { status: 200, body: select(deviceView(tenant, managed(tenant.seen(), id(1))), request.query) }
    },
  },
  { method: 'POST', path: '/deviceManagement/managedDevices/:/retire', needs: privileged, answer: order('retire') },
  { method: 'POST', path: '/deviceManagement/managedDevices/:/wipe', needs: privileged, answer: order('wipe') },
  {
    method: 'POST',
    path: '/deviceManagement/managedDevices/:/remoteLock',
    needs: privileged,
    answer: order('remoteLock'),
  },
  {
    method: 'GET',
    path: '/users/:/registeredDevices',
    needs: directory,
    answer: ({ request, tenant, id, pageSize }) => {
      if (tenant.quirks.has('registeredHidden') && request.asApp) {
        throw new GraphFailure(403, 'Authorization_RequestDenied', 'Insufficient privileges.')
      }
      const state = tenant.seen()
      const user = tenant.user(state, id(1))
      const found = state.devices
        .filter(({ registeredTo }) => registeredTo === user.id)
        .map(({ registeredTo: _registeredTo, ...device }) => ({ '@odata.type': '#microsoft.graph.device', ...device }))
      return { status: 200, body: page(found, request, pageSize) }
    },
  },
  {
    method: 'PATCH',
    path: '/devices/:',
    needs: ['Device.ReadWrite.All', 'Directory.ReadWrite.All'],
    answer: ({ request, tenant, id }) => {
      const device: Device | undefined = tenant.state.devices.find(one => one.id === id(1))
      if (device === undefined) throw new GraphFailure(404, 'Request_ResourceNotFound', 'No such device.')
      // learn.microsoft.com/graph/api/device-update: of others an app may change extension attributes only.
      if (request.asApp && device.operatingSystem !== 'Windows') {
        throw new GraphFailure(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
      }
      if (typeof request.body.accountEnabled !== 'boolean') throw badRequest('accountEnabled is missing.')
      device.accountEnabled = request.body.accountEnabled
      return { status: 204 }
    },
  },
]

function order(actionName: 'retire' | 'wipe' | 'remoteLock') {
  return ({ tenant, id }: RouteCall) => {
    const device = managed(tenant.state, id(1))
    const now = tenant.stamp()
    device.deviceActionResults.push({
      actionName,
      actionState: 'pending',
      startDateTime: now,
      lastUpdatedDateTime: now,
    })
    if (actionName !== 'remoteLock') device.managementState = `${actionName}Pending`
    return { status: 204 }
  }
}

function identity(state: TenantState, id: string): AutopilotIdentity {
  const found = state.autopilot.find(one => one.id === id)
  if (found === undefined) throw new GraphFailure(404, 'ResourceNotFound', 'The Autopilot device was not found.')
  return found
}

function managed(state: TenantState, id: string): ManagedDevice {
  const device = state.managedDevices.find(one => one.id === id)
  if (device === undefined) throw new GraphFailure(404, 'ResourceNotFound', 'The managed device was not found.')
  return device
}

function deviceView({ quirks }: Tenant, { online: _online, ...device }: ManagedDevice): object {
  if (!quirks.has('oldResults')) return device
  const at = '2025-11-03T08:00:00Z'
  const old = { actionName: 'retire', actionState: 'done', startDateTime: at, lastUpdatedDateTime: at }
  return { ...device, deviceActionResults: [old, ...device.deviceActionResults] }
}

/** @throws GraphFailure as Intune fails */
function readable({ quirks }: Tenant): void {
  if (quirks.has('intuneUnauthorized')) {
    const words = { _version: 3, Message: 'An error has occurred', CustomApiErrorPhrase: '', RetryAfter: null }
    const message = { ErrorCode: 'Forbidden', Message: JSON.stringify(words), Target: null, Details: null }
    throw new GraphFailure(401, 'UnknownError', JSON.stringify(message))
  }
  if (quirks.has('intuneThrottled')) {
    throw new GraphFailure(429, 'TooManyRequests', 'Please retry after 300 seconds.', { 'Retry-After': '300' })
  }
  if (quirks.has('intuneTimesOut')) throw new GraphFailure(504, 'UnknownError', '')
}
