import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { cmdletList } from '../../src/sandbox/microsoft-365/exchange/cmdlet-list.ts'
import { cmdlets } from '../../src/systems/microsoft-365/exchange/cmdlets.ts'
import { people as estate, plain, setGraphStage } from '../systems/microsoft-365-stage.ts'
import { bringAll, theOne } from '../systems/people-stage.ts'
import { specFile } from './validating-mock.ts'

/** Cmdlets and parameters that the client sends, and that the simulator takes, are in Microsoft's reference. */

const file = specFile('exchange-online-cmdlets.json')
const stage = setGraphStage()

const reference = z.object({
  cmdlets: z.record(
    z.string(),
    z.object({ parameters: z.record(z.string(), z.object({ type: z.string(), required: z.boolean() })) }),
  ),
})

const logged = z.array(z.object({ path: z.string(), body: z.string().optional(), status: z.number().nullable() }))
const command = z.object({
  CmdletInput: z.strictObject({ CmdletName: z.string(), Parameters: z.record(z.string(), z.unknown()) }),
})

/** As CIPP sends it: ten at most, each a request of its own. */
const batch = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        id: z.string(),
        method: z.literal('POST'),
        url: z.string().endsWith('/InvokeCommand'),
        headers: z.record(z.string(), z.string()),
        body: command,
      }),
    )
    .max(10),
})

const table = z.strictObject({
  '@odata.type': z.literal('#Exchange.GenericHashTable'),
  add: z.string().optional(),
  remove: z.string().optional(),
})

/** Types of the reference that take a JSON value as it is. */
function fits(type: string, value: unknown): boolean {
  if (value === null) return true
  if (type === 'SwitchParameter' || /^(?:System\.)?Boolean$/.test(type)) return typeof value === 'boolean'
  if (type === 'Int32') return typeof value === 'number'
  // Of a value that has several, a hashtable adds and removes some.
  if (/\[\]$|^MultiValuedProperty$/.test(type)) return Array.isArray(value) || table.safeParse(value).success
  return typeof value === 'string'
}

async function sent() {
  const control = stage.sandbox.systems['microsoft-365']?.control
  const calls = logged.parse(await (await fetch(`${control}/calls`)).json())
  return calls
    .filter(({ path }) => path.startsWith('/exchange/'))
    .flatMap(({ path, body = '', status }) => {
      const json: unknown = JSON.parse(body)
      const all = path.endsWith('/$batch') ? batch.parse(json).requests.map(one => one.body) : [command.parse(json)]
      return all.map(({ CmdletInput }) => ({ ...CmdletInput, status }))
    })
}

/** All that the mail goals do, and back. */
async function runs(): Promise<void> {
  await stage.control('contacts', { name: 'Home', external: 'home@mail.example' })
  await stage.control('mailboxes', { email: estate.cloud, forwardingAddress: 'Home' })
  await stage.control('groups', { name: 'Press', members: [], mail: true, owners: [estate.cloud] })
  await stage.control('mailboxes', { email: estate.other, fullAccess: [estate.cloud], sendAs: [estate.cloud] })
  const { users } = z
    .object({ users: z.array(z.object({ id: z.string(), mail: z.string().nullable() })) })
    .parse(await stage.state())
  const onBehalf = users.filter(({ mail }) => mail === estate.cloud).map(({ id }) => id)
  await stage.control('mailboxes', { email: estate.owner, onBehalf })
  const start = '2026-12-01T09:00:00.000Z'
  await stage.control('meetings', { email: estate.cloud, subject: 'Stand-up', start, attendees: [estate.other] })
  const people = await stage.open({ settings: { licences: 'remove', forward: 'successor', othersMailboxes: 'left' } })
  for (const [who, devices] of [
    [estate.cloud, 'release'],
    [estate.synced, 'release'],
    [estate.owner, 'erase'],
  ] as const) {
    const partner = { guid: `phone of ${who}`, name: 'Phone', system: 'iOS', wipeRequestedAt: null }
    await stage.control('mailboxes', { email: who, partners: [partner] })
    const goals = await people.goals(await theOne(people, who), {
      ...plain,
      devices,
      successor: estate.other,
      cancelMeetings: true,
    })
    const brought = await bringAll(goals)
    for (const goal of goals.toReversed()) {
      const before = brought.get(goal.kind)?.before
      if (before?.state === 'not-yet') await goal.undo?.(before.reading).bring?.()
    }
  }
}

describe.skipIf(file === null)(
  `Exchange Online${file === null ? ' (skipped: ../shared/specs is not here)' : ''}`,
  () => {
    const known = file === null ? {} : reference.parse(JSON.parse(readFileSync(file, 'utf8'))).cmdlets

    it('has every cmdlet and parameter that the client can send', () => {
      const faults = Object.entries(cmdlets).flatMap(([name, parameters]) =>
        parameters.filter(one => known[name]?.parameters[one] === undefined).map(one => `${name} -${one}`),
      )
      expect(faults).toEqual([])
      expect(Object.keys(cmdlets).filter(name => known[name] === undefined)).toEqual([])
    })

    it('has every cmdlet and parameter that the simulator takes', () => {
      const faults = Object.entries(cmdletList).flatMap(([name, { parameters }]) =>
        Object.keys(parameters)
          .filter(one => known[name]?.parameters[one] === undefined)
          .map(one => `${name} -${one}`),
      )
      expect(faults).toEqual([])
    })

    it('takes all that was sent, each value by its type, and nothing lacks what is required', {
      timeout: 60_000,
    }, async () => {
      await runs()
      const all = await sent()
      const faults = all.flatMap(({ CmdletName: name, Parameters: given }) => {
        const parameters = known[name]?.parameters ?? {}
        return Object.entries(given)
          .filter(([parameter, value]) => !fits(parameters[parameter]?.type ?? '?', value))
          .map(([parameter, value]) => `${name} -${parameter} ${JSON.stringify(value)}`)
      })
      expect(faults).toEqual([])
      expect(all.filter(({ status }) => status !== 200)).toEqual([])
      expect(new Set(all.map(({ CmdletName }) => CmdletName))).toEqual(new Set(Object.keys(cmdlets)))
      // None that nobody sends.
      const unsent = Object.entries(cmdlets).flatMap(([name, parameters]) => {
        const given = all.filter(({ CmdletName }) => CmdletName === name).flatMap(one => Object.keys(one.Parameters))
        return parameters.filter(one => !given.includes(one)).map(one => `${name} -${one}`)
      })
      expect(unsent).toEqual([])
    })
  },
)
