import type { CloudSystem } from './cloud.ts'
import { envelopeOf, filtered, pageOf } from './page.ts'
import { Refusal } from './refusal.ts'
import { done, inOrganization, needed, ok, type Route, type RouteCall, textOf } from './route.ts'

/** Devices, their built-in commands, and Apple MDM. */
export const systemRoutes: readonly Route[] = [
  inOrganization('GET', '/api/systems', ({ organization, query }) =>
    ok(envelopeOf(filtered(organization.systems.map(shown), query, 1), query)),
  ),
  inOrganization('GET', '/api/systems/{id}', call => ok(shown(systemOf(call)))),
  inOrganization('GET', '/api/v2/systems/{system_id}/users', call => {
    const { _id } = systemOf(call)
    const rows = call.organization.associations
      .filter(edge => edge.to === _id)
      .map(({ from }) => ({
        id: from,
        type: 'user',
        compiledAttributes: {},
        paths: [[{ to: { id: from, type: 'user' } }]],
      }))
    return ok(pageOf(rows, call.query))
  }),
  inOrganization('POST', '/api/systems/{system_id}/command/builtin/lock', call => order(call, 'lock')),
  inOrganization('POST', '/api/systems/{system_id}/command/builtin/erase', call => order(call, 'erase')),
  inOrganization('GET', '/api/v2/applemdms', ({ organization, query }) =>
    ok(pageOf([{ id: organization.mdm, name: 'Apple MDM', organization: organization.id }], query)),
  ),
  inOrganization('GET', '/api/v2/applemdms/{apple_mdm_id}/devices', call => {
    const rows = macs(call).map(({ _id, displayName, serialNumber }) => ({
      id: `mdm-${_id}`,
      serialNumber,
      enrolled: true,
      deviceInformation: { deviceName: displayName },
    }))
    return ok(pageOf(filtered(rows, call.query, 2), call.query))
  }),
  inOrganization('POST', '/api/v2/applemdms/{apple_mdm_id}/devices/{device_id}/lock', call => orderMac(call, 'lock')),
  inOrganization('POST', '/api/v2/applemdms/{apple_mdm_id}/devices/{device_id}/erase', call => orderMac(call, 'erase')),
]

function systemOf({ organization, ids }: RouteCall): CloudSystem {
  return needed(
    organization.systems.find(one => one._id === ids[0]),
    'System',
  )
}

function shown(system: CloudSystem) {
  const { _id, displayName, os, osFamily, serialNumber, lastContact, online, encrypted, keyEscrowed } = system
  const isMac = osFamily === 'darwin'
  return {
    _id,
    displayName,
    hostname: displayName.toLowerCase(),
    os,
    osFamily,
    serialNumber,
    lastContact,
    active: online,
    fde: { active: encrypted, keyPresent: keyEscrowed },
    ...(isMac
      ? { mdm: { vendor: 'internal', internal: { deviceId: `mdm-${_id}` } } }
      : {
          builtInCommands: ['lock', 'erase', 'restart', 'shutdown'].map(name => ({ name, type: 'security' })),
        }),
  }
}

/** Queued: it is carried out when the agent calls in. */
function order(call: RouteCall, what: 'lock' | 'erase') {
  const system = systemOf(call)
  if (system.osFamily === 'darwin') throw new Refusal(400, 'Use MDM commands for this device')
  system.queue.push(what)
  return { status: 201 }
}

function macs({ organization, ids }: RouteCall): CloudSystem[] {
  if (ids[0] !== organization.mdm) throw new Refusal(404, 'MDM not found')
  return organization.systems.filter(one => one.osFamily === 'darwin')
}

/** At once: a Mac is reached by push. It is silent from then on. */
function orderMac(call: RouteCall, what: 'lock' | 'erase') {
  const system = needed(
    macs(call).find(one => `mdm-${one._id}` === call.ids[1]),
    'Device',
  )
  const pin = textOf(call.body, 'pin')
  if (!/^[0-9]{6}$/.test(pin)) throw new Refusal(400, 'pin must be six digits')
  system.pin = pin
  system.online = false
  if (what === 'lock') system.locked = true
  else system.erased = true
  return done
}
