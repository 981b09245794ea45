import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { SignInPrompt } from '../../src/core/ports.ts'
import { folders as methodFolderOf } from '../../src/systems/microsoft-365/methods.ts'
import type { Write } from '../../src/systems/microsoft-365/write.ts'
import * as writes from '../../src/systems/microsoft-365/write.ts'
import { people as estate, plain, setGraphStage } from '../systems/microsoft-365-stage.ts'
import { bringAll, theOne } from '../systems/people-stage.ts'
import { GraphSchema } from './graph-schema.ts'
import { specFile } from './validating-mock.ts'

/**
 * Every request and body that the client sends exists in Microsoft's own schema of Graph v1.0, and the simulator's answers
 * have its types. Which rights and query options there are, the schema does not say.
 */

const file = specFile('graph-v1.0.csdl.xml')
const stage = setGraphStage()

interface Sent {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
}

const batchBody = z.object({
  requests: z.array(z.object({ method: z.string(), url: z.string(), body: z.unknown().optional() })),
})
const logged = z.array(z.object({ method: z.string(), path: z.string(), body: z.string().optional() }))

async function sent(): Promise<Sent[]> {
  const url = `${stage.sandbox.systems['microsoft-365']?.control}/calls`
  const calls = logged.parse(await (await fetch(url)).json())
  return calls
    .filter(({ path }) => path.startsWith('/graph/v1.0'))
    .flatMap(({ method, path, body }) => {
      const below = path.replace('/graph/v1.0', '')
      const json: unknown = body ? JSON.parse(body) : undefined
      if (!decodeURIComponent(below).startsWith('/$batch')) return [asSent(method, below, json)]
      return batchBody.parse(json).requests.map(part => asSent(part.method, part.url, part.body))
    })
}

function asSent(method: string, address: string, body: unknown): Sent {
  const [path = '', query = ''] = address.split(/\?(.*)/s)
  return { method, path: decodeURIComponent(path), query: new URLSearchParams(query), body }
}

/** What of a request Microsoft's schema does not know. */
function faultsIn(schema: GraphSchema, { method, path, query, body }: Sent): string[] {
  const place = schema.resolve(path)
  const named = [
    ...(query.get('$select') ?? '').split(','),
    ...(query.get('$expand') ?? '').split(','),
    ...[
      ...(query.get('$filter') ?? '').replace(/'(?:[^']|'')*'/g, "''").matchAll(/([a-z]\w*)(?= eq |\/any|,'')/gi),
    ].map(([name]) => name),
  ] // `p` and `c` stand for one of a list, inside `any`.
    .filter(name => name.length > 1)
  const faults = named
    .filter(name => schema.memberOfAny(place.type, name) === undefined)
    .map(name => `${path}: ${place.type} has no ${name}`)
  if (method === 'GET' || method === 'DELETE') return faults
  return [...faults, ...bodyFaults(schema, place, path, body)]
}

function bodyFaults(schema: GraphSchema, place: ReturnType<GraphSchema['resolve']>, path: string, body: unknown) {
  if (place.reference) {
    return z.strictObject({ '@odata.id': z.url() }).safeParse(body).success ? [] : [`${path}: no reference`]
  }
  if (place.parameters === undefined) return schema.misfits(place.type, false, body)
  return Object.entries(body ?? {}).flatMap(([name, value]) => {
    const parameter = place.parameters?.get(name)
    return parameter === undefined
      ? [`${path}: no parameter ${name}`]
      : schema.misfits(parameter.type, parameter.many, value, name)
  })
}

/** What is asked of a person who signs in, and by who is not told what they may do. */
async function asOthers(): Promise<void> {
  const prompt: SignInPrompt = {
    code: () => Promise.reject(new Error('no code')),
    tenant: () => Promise.reject(new Error('no tenant')),
    async push(message, waiting) {
      const userCode = /code (\w+)/.exec(message)?.[1]
      await stage.control('device-code', { userCode, by: estate.breakGlass })
      return waiting(new AbortController().signal)
    },
  }
  const person = await stage.session({ settings: { auth: 'device-code', clientSecret: '' }, prompt })
  await person.check()
  await stage.control('opaque')
  const { check, people } = await stage.session()
  await check()
  const goals = people && (await people.goals(await theOne(people, estate.other), plain))
  for (const goal of goals ?? []) {
    if (goal.kind !== 'groups-left') continue
    await goal.bring?.()
    await Promise.resolve(goal.look()).catch(() => undefined)
  }
}

/** All that a run does, with every setting, and back. */
async function runs(): Promise<void> {
  stage.allowDeletions()
  const admins = z
    .object({ id: z.string() })
    .parse(await stage.control('groups', { name: 'Global', members: [estate.other], roleAssignable: true }))
  await stage.control('roles', { to: admins.id, role: 'globalAdministrator' })
  // Whether somebody else is one, too, is asked of the group.
  await theOne(await stage.open(), estate.breakGlass)
  const { id } = z
    .object({ id: z.string() })
    .parse(await stage.control('groups', { name: 'Admins', members: [estate.cloud], roleAssignable: true }))
  await stage.control('roles', { to: id, role: 'userAdministrator' })
  await stage.control('enterprise-apps', { name: 'Scanner', owner: estate.synced })
  for (const to of [estate.cloud, estate.other]) await stage.control('roles', { to, role: 'globalAdministrator' })
  await stage.control('eligible', { to: estate.cloud, role: 'userAdministrator' })
  await stage.control('eligible-groups', { to: estate.cloud, group: id })
  await stage.control('devices', { email: estate.cloud, name: 'Emma iPad', os: 'iPadOS' })
  const methods = Object.keys(methodFolderOf).map((type, at) => ({ id: `m${at}`, type, displayName: type }))
  await stage.control('people/change', { email: estate.cloud, methods, defaultMethod: null })
  await stage.control('people/change', { email: estate.cloud, onPremisesImmutableId: 'AAECAwQFBgcICQoLDA0ODw==' })
  await stage.control('calendar-shares', { of: estate.other, with: estate.cloud, role: 'write' })
  const start = '2026-12-01T09:00:00.000Z'
  await stage.control('meetings', {
    email: estate.cloud,
    subject: 'Stand-up',
    start,
    every: 7,
    attendees: [estate.other],
  })
  const more = { othersMailboxes: 'left', immutableId: 'cleared', autopilot: 'unassigned', successor: 'manager' }
  const session = await stage.session({ settings: { licences: 'remove', autoReply: 'Gone.', ...more } })
  await session.check()
  await session.tenants?.()
  const { people } = session
  if (people === undefined) throw new Error('no people')
  await people.count()
  for await (const _ of people.list()) break
  const variants: [string, Partial<AccountGoalOptions>][] = [
    [estate.synced, { successor: estate.other, devices: 'erase' }],
    [estate.cloud, { devices: 'lock', cancelMeetings: true }],
    [estate.cloud, { devices: 'erase', delete: true }],
  ]
  for (const [who, more] of variants) {
    const goals = await people.goals(await theOne(people, who), { ...plain, ...more })
    const brought = await bringAll(goals)
    if (more.delete) for (const goal of goals) await Promise.resolve(goal.look()).catch(() => undefined)
    if (more.delete) continue
    for (const goal of goals.toReversed()) {
      const before = brought.get(goal.kind)?.before
      if (before?.state === 'not-yet') await goal.undo?.(before.reading).bring?.()
    }
  }
}

/** Every change that the client has a name for, made once; and its variants. */
function everyChange(): Write[] {
  const id = '2e7a0adf-e682-4887-a237-682bad849f85'
  const base = 'https://graph.microsoft.com/v1.0'
  const folders = ['groups', 'applications', 'servicePrincipals'] as const
  const made: Record<keyof typeof writes, Write | Write[]> = {
    setAccountEnabled: writes.setAccountEnabled(id, false),
    setImmutableId: [writes.setImmutableId(id, 'AAAA'), writes.setImmutableId(id, null)],
    closeCalendar: writes.closeCalendar(id, 'AAAA1'),
    openCalendar: writes.openCalendar(id, { name: 'Carla', address: 'carla@x.example' }, 'read'),
    unassignAutopilot: writes.unassignAutopilot(id),
    setPassword: writes.setPassword(id, 'secret'),
    revokeSessions: writes.revokeSessions(id),
    deleteMethod: Object.values(methodFolderOf).map(folder => writes.deleteMethod(id, folder, id)),
    dropRole: writes.dropRole(id),
    giveRole: writes.giveRole({ principalId: id, roleDefinitionId: id, directoryScopeId: '/' }),
    changeRoleEligibility: [true, false].map(remove =>
      writes.changeRoleEligibility({ principalId: id, roleDefinitionId: id, directoryScopeId: '/' }, remove),
    ),
    changeGroupEligibility: [true, false].map(remove =>
      writes.changeGroupEligibility({ principalId: id, groupId: id, accessId: 'member' }, remove),
    ),
    leaveGroup: writes.leaveGroup(id, id),
    joinGroup: writes.joinGroup(base, id, id),
    addOwner: folders.map(folder => writes.addOwner(base, folder, id, id)),
    removeOwner: folders.map(folder => writes.removeOwner(folder, id, id)),
    removeAppRole: writes.removeAppRole(id, id),
    giveAppRole: writes.giveAppRole({ principalId: id, resourceId: id, appRoleId: id }),
    removeConsent: writes.removeConsent(id),
    giveConsent: writes.giveConsent({ clientId: id, principalId: id, resourceId: id, scope: 'Mail.Read' }),
    changeLicences: writes.changeLicences(id, [{ skuId: id, disabledPlans: [id] }], [id]),
    setAutomaticReply: writes.setAutomaticReply(id, {
      status: 'alwaysEnabled',
      externalAudience: 'all',
      internalReplyMessage: 'Gone.',
      externalReplyMessage: 'Gone.',
    }),
    shareDrive: writes.shareDrive(id, 'carla@x.example'),
    unassignNumber: writes.unassignNumber('+15550100', 'callingPlan'),
    assignNumber: writes.assignNumber(id, '+15550100', 'directRouting', 'primary'),
    setRule: writes.setRule(id, 'AQAAAJ5dZqA=', false),
    retireDevice: writes.retireDevice(id),
    lockDevice: writes.lockDevice(id),
    wipeDevice: writes.wipeDevice(id),
    disableDevice: writes.disableDevice(id),
    deleteUser: writes.deleteUser(id),
  }
  expect(Object.keys(made).sort()).toEqual(Object.keys(writes).sort())
  return Object.values(made).flat()
}

/** Method, path without ids, and what the body has: `PATCH /users/* accountEnabled`. */
function kindOf({ method, path, body }: Sent): string {
  const places = path.split('/').map(part => (/\d/.test(part) && part !== 'oauth2PermissionGrants' ? '*' : part))
  const action = z.object({ action: z.string() }).safeParse(body).data?.action
  const members = Object.keys(typeof body === 'object' && body !== null ? body : {}).sort()
  return [`${method} ${places.join('/')}`, ...members, ...(action ? [action] : [])].join(' ')
}

/** Paths that the client reads, as its source has them. */
function readSites(): RegExp[] {
  const folder = new URL('../../src/systems/microsoft-365/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const sources = files.filter(name => /^(?!exchange|sign-in|device-code|write).*\.ts$/.test(name))
  return sources.flatMap(name =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/path`([^`]*)`/g)]
      .map(([, text = '']) => text)
      .filter(text => text !== '/$batch')
      .map(
        text =>
          new RegExp(
            `^${text
              .replace(/\$\{[^}]*\}/g, ':')
              .replace(/[$.]/g, '\\$&')
              .replaceAll(':', '[^/]+')}$`,
          ),
      ),
  )
}

describe.skipIf(file === null)(`Graph v1.0${file === null ? ' (skipped: ../shared/specs is not here)' : ''}`, () => {
  it('has every request and body that is sent, and answers that are what it says', { timeout: 60_000 }, async () => {
    const schema = new GraphSchema(file ?? '')
    await runs()
    await asOthers()
    const all = await sent()
    expect(all.flatMap(one => faultsIn(schema, one))).toEqual([])
    // Each place in the client that asks for something was reached, and each change that it has a name for.
    expect(readSites().filter(site => !all.some(one => one.method === 'GET' && site.test(one.path)))).toEqual([])
    const kinds = new Set(all.map(kindOf))
    const changes = everyChange().map(({ method, path, json }) => kindOf(asSent(method, path.text, json)))
    expect(changes.filter(kind => !kinds.has(kind))).toEqual([])

    const answers = await answersTo(all.filter(({ method }) => method === 'GET'))
    expect(answers.length).toBeGreaterThan(20)
    expect(
      answers.flatMap(({ path, body }) => {
        const { type, many } = schema.resolve(path)
        return schema.misfits(type, many, many ? z.object({ value: z.unknown() }).parse(body).value : body, path)
      }),
    ).toEqual([])
  })

  it('has every change that the client has a name for', () => {
    const schema = new GraphSchema(file ?? '')
    const all = everyChange()
    expect(all.flatMap(({ method, path, json }) => faultsIn(schema, asSent(method, path.text, json)))).toEqual([])
  })

  it('is a schema that finds what is not there', () => {
    const schema = new GraphSchema(file ?? '')
    const at = (path: string) => () => schema.resolve(path)
    expect(at('/users/1/signInPreferences')).toThrow('user has no signInPreferences')
    expect(at('/groups/1/members/2/$ref')).not.toThrow()
    expect(schema.misfits('user', false, { accountEnabled: 'no', nickname: 1 })).toEqual([
      'user.accountEnabled is no, no Edm.Boolean',
      'user has no nickname',
    ])
    const place = schema.resolve('/deviceManagement/managedDevices/1/wipe')
    expect(bodyFaults(schema, place, '/wipe', { keepUser: true })).toEqual(['/wipe: no parameter keepUser'])
  })
})

/** What the simulator answers to the same readings now: of each address once. */
async function answersTo(requests: readonly Sent[]): Promise<{ path: string; body: unknown }[]> {
  const known = stage.sandbox.tenants[19]?.connections['microsoft-365']
  const { url = '', signInUrl = '', tenantId = '', clientId = '' } = known?.settings ?? {}
  const form = {
    client_id: clientId,
    client_secret: known?.secrets.clientSecret ?? '',
    grant_type: 'client_credentials',
    scope: `${url}/.default`,
  }
  const issued = await fetch(`${signInUrl}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await issued.json())
  const headers = { authorization: `Bearer ${token}`, ConsistencyLevel: 'eventual' }
  const addresses = new Set(requests.map(({ path, query }) => `${path}?${query}`))
  const answers: { path: string; body: unknown }[] = []
  for (const address of addresses) {
    const [path = ''] = address.split('?')
    const answer = await fetch(
      `${url}/v1.0${path.split('/').map(encodeURIComponent).join('/')}?${address.split('?')[1]}`,
      {
        headers,
      },
    )
    if (!answer.ok || path.endsWith('$count')) continue
    answers.push({ path, body: await answer.json() })
  }
  return answers
}
