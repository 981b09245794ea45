import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, describe, expect, it } from 'vitest'
import { googleRoutes } from '../../src/sandbox/google-workspace/google-workspace.ts'
import { createKeyGrant } from '../../src/systems/google-workspace/key-grant.ts'
import { scopesFor } from '../../src/systems/google-workspace/scopes.ts'
import { readServiceAccountKey } from '../../src/systems/google-workspace/service-account-key.ts'
import { createTestClock } from '../http/loopback.ts'
import { acting, leaver, openGround, secondAdmin, successor } from '../systems/google-workspace-stage.ts'
import { googleSpec } from './google-spec.ts'

const spec = googleSpec()
if (spec === null) console.warn('google-workspace-sandbox.test.ts: skipped, because ../shared/specs is not there')
afterAll(() => spec?.remove())

interface Contract {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>>
  components: { schemas: Record<string, object> }
}

describe.skipIf(spec === null)('the simulated Google keeps to the published contracts', () => {
  const contract: Contract = spec ? JSON.parse(readFileSync(spec.file, 'utf8')) : { paths: {}, components: {} }
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv, ['date-time'])
  for (const format of ['int32', 'int64', 'float', 'double', 'google-datetime']) ajv.addFormat(format, true)
  ajv.addSchema({ $id: 'google', components: strict(contract.components) })

  const operation = (method: string, path: string) => {
    const found = contract.paths[path]?.[method.toLowerCase()]
    if (!found) throw new Error(`${method} ${path} is not in the published contract`)
    return found
  }
  const schemaOf = (method: string, path: string): ValidateFunction | null => {
    const schema = operation(method, path).responses['200']?.content?.['application/json']?.schema
    return schema ? ajv.compile(JSON.parse(JSON.stringify(strict(schema)).replaceAll('"#/', '"google#/'))) : null
  }

  it.each(googleRoutes.map(({ method, path }) => ({ method, path })))('publishes $method $path', ({ method, path }) => {
    expect(() => schemaOf(method, path)).not.toThrow()
  })

  it('would notice a member that the contract does not have', () => {
    const validate = schemaOf('GET', '/admin/directory/v1/users/{userKey}')
    expect(validate?.({ id: '1', suspended: false })).toBe(true)
    expect(validate?.({ id: '1', isSuspended: false })).toBe(false)
    expect(validate?.({ id: 1 })).toBe(false)
  })

  it('in every operation that it serves', async () => {
    const ground = await openGround()
    const seen = new Set<string>()
    const key = JSON.parse(ground.connection.serviceAccountKey ?? '{}')
    expect(key.token_uri).toBe(`${ground.url}/token`)
    const bearer = await tokenOf(key)

    const ask = async (template: string, method: string, path: string, body?: unknown) => {
      const answer = await fetch(ground.url + path, {
        method,
        headers: { authorization: `Bearer ${bearer}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      seen.add(`${method} ${template}`)
      expect([method, path, answer.status < 300 ? 'good' : `${answer.status} ${text}`]).toEqual([method, path, 'good'])
      const value = text === '' ? null : JSON.parse(text)
      const validate = schemaOf(method, template)
      if (validate === null) expect([method, path, answer.status, value]).toEqual([method, path, 204, null])
      else expect({ method, path, passes: validate(value), errors: validate.errors }).toMatchObject({ passes: true })
      return value
    }
    const users = '/admin/directory/v1/users'
    const own = `${users}/{userKey}`
    const found = await ask(own, 'GET', `${users}/${leaver}`)
    await ask(users, 'GET', `${users}?customer=my_customer&maxResults=3`)
    await ask(own, 'PUT', `${users}/${leaver}`, { recoveryEmail: '' })
    for (const what of ['verificationCodes', 'asps', 'tokens']) {
      await ask(`${own}/${what}`, 'GET', `${users}/${leaver}/${what}`)
      await ask(`${own}/${what}`, 'GET', `${users}/${successor}/${what}`)
    }
    await ask(`${own}/verificationCodes/invalidate`, 'POST', `${users}/${leaver}/verificationCodes/invalidate`)
    await ask(`${own}/asps/{codeId}`, 'DELETE', `${users}/${leaver}/asps/3`)
    await ask(`${own}/tokens/{clientId}`, 'DELETE', `${users}/${leaver}/tokens/1002.apps.googleusercontent.com`)
    await ask(`${own}/signOut`, 'POST', `${users}/${leaver}/signOut`)

    const groups = '/admin/directory/v1/groups'
    const { groups: list } = await ask(groups, 'GET', `${groups}?userKey=${leaver}`)
    const members = `${groups}/{groupKey}/members`
    await ask(members, 'GET', `${groups}/${list[0].id}/members`)
    const member = `${groups}/${list[0].id}/members/${leaver}`
    await ask(`${members}/{memberKey}`, 'GET', member)
    await ask(`${members}/{memberKey}`, 'DELETE', member)
    await ask(members, 'POST', `${groups}/${list[0].id}/members`, { email: leaver, role: 'MEMBER' })

    const account = '/admin/directory/v1/customer/{customer}'
    const real = '/admin/directory/v1/customer/my_customer'
    const { items: roles } = await ask(`${account}/roles`, 'GET', `${real}/roles`)
    const path = `${real}/roleassignments`
    const { items } = await ask(`${account}/roleassignments`, 'GET', `${path}?userKey=${secondAdmin}`)
    await ask(`${account}/roleassignments/{roleAssignmentId}`, 'DELETE', `${path}/${items[1].roleAssignmentId}`)
    const role = { roleId: roles[1].roleId, assignedTo: found.id, scopeType: 'CUSTOMER' }
    await ask(`${account}/roleassignments`, 'POST', path, role)
    await ask(`${own}/makeAdmin`, 'POST', `${users}/${secondAdmin}/makeAdmin`, { status: false })

    const devices = '/admin/directory/v1/customer/{customerId}/devices'
    const mobile = `${real}/devices/mobile`
    const { mobiledevices } = await ask(`${devices}/mobile`, 'GET', `${mobile}?query=email:${leaver}`)
    const phone = `${mobile}/${mobiledevices[0].resourceId}`
    await ask(`${devices}/mobile/{resourceId}`, 'GET', phone)
    await ask(`${devices}/mobile/{resourceId}/action`, 'POST', `${phone}/action`, { action: 'block' })
    const chrome = `${real}/devices/chromeos`
    const { chromeosdevices } = await ask(`${devices}/chromeos`, 'GET', `${chrome}?query=user:${leaver}`)
    const { deviceId } = chromeosdevices[0]
    await ask(`${devices}/chromeos/{deviceId}`, 'GET', `${chrome}/${deviceId}`)
    await ask(`${devices}/chromeos/{deviceId}`, 'PUT', `${chrome}/${deviceId}`, { annotatedUser: leaver })
    const wash = { commandType: 'REMOTE_POWERWASH' }
    const issue = `${chrome}/${deviceId}:issueCommand`
    const { commandId } = await ask(`${devices}/chromeos/{deviceId}:issueCommand`, 'POST', issue, wash)
    const command = `${devices}/chromeos/{deviceId}/commands/{commandId}`
    await ask(command, 'GET', `${chrome}/${deviceId}/commands/${commandId}`)
    await ground.control('POST', 'devices/contact')
    await ask(command, 'GET', `${chrome}/${deviceId}/commands/${commandId}`)
    await ask(`${devices}/chromeos:batchChangeStatus`, 'POST', `${chrome}:batchChangeStatus`, {
      deviceIds: [deviceId, 'nothing'],
      changeChromeOsDeviceStatusAction: 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_DISABLE',
    })

    const transfers = '/admin/datatransfer/v1/transfers'
    await ask('/admin/datatransfer/v1/applications', 'GET', '/admin/datatransfer/v1/applications')
    const other = await ask(own, 'GET', `${users}/${successor}`)
    const applicationDataTransfers = [{ applicationId: '435070579839' }]
    const sent = { oldOwnerUserId: found.id, newOwnerUserId: other.id, applicationDataTransfers }
    const { id } = await ask(transfers, 'POST', transfers, sent)
    await ask(`${transfers}/{dataTransferId}`, 'GET', `${transfers}/${id}`)
    await ask(transfers, 'GET', `${transfers}?oldOwnerUserId=${found.id}`)

    const product = '/apps/licensing/v1/product/{productId}'
    const google = '/apps/licensing/v1/product/Google-Apps'
    await ask(`${product}/users`, 'GET', `${google}/users?customerId=C03sandbx`)
    const sku = `${google}/sku/1010020028/user`
    await ask(`${product}/sku/{skuId}/user/{userId}`, 'GET', `${sku}/${leaver}`)
    await ask(`${product}/sku/{skuId}/user/{userId}`, 'DELETE', `${sku}/${leaver}`)
    await ask(`${product}/sku/{skuId}/user`, 'POST', sku, { userId: leaver })

    await ask(own, 'DELETE', `${users}/${leaver}`)
    await ask(`${own}/undelete`, 'POST', `${users}/${found.id}/undelete`, { orgUnitPath: '/' })
    await ground.close()
    expect([...seen].sort()).toEqual([...new Set(googleRoutes.map(({ method, path: at }) => `${method} ${at}`))].sort())
  })
})

/** A token for the acting administrator, by the client's own hand. */
async function tokenOf(key: unknown): Promise<string> {
  const deps = { clock: createTestClock(), http: { env: {} } }
  const grant = createKeyGrant(readServiceAccountKey(key), acting, deps)
  const { token } = await grant.fetch(scopesFor('remove'))
  await grant.close()
  return token
}

function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const out: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, strict(value)]),
  )
  const isObject = out.type === 'object' && typeof out.properties === 'object'
  return isObject ? { ...out, additionalProperties: false } : out
}
