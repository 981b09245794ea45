import { Client } from 'ldapts'
import { describe, expect, it } from 'vitest'
import { activeDirectoryExhibit } from '../../src/sandbox/active-directory/exhibit.ts'
import { Directory } from '../../src/sandbox/directory.ts'
import { DirectorySync } from '../../src/sandbox/directory-sync.ts'
import type { Call } from '../../src/sandbox/index.ts'
import { demoWorld, emptyWorld } from '../../src/sandbox/index.ts'
import type { Listening, Simulator } from '../../src/sandbox/simulator.ts'
import { change, leaversOu, personAt } from './active-directory-ground.ts'

const leaver = personAt(2)

interface Alone {
  simulator: Simulator
  sync: DirectorySync
  clock: { at: Date }
  client: Client
}

/** The simulator without a sandbox around it: what it tells the cloud is seen by nobody else yet. */
async function alone(work: (ground: Alone) => Promise<void>, world = demoWorld()): Promise<void> {
  const clock = { at: new Date('2026-03-02T09:00:00Z') }
  const now = () => clock.at
  const sync = new DirectorySync(now)
  const deps = { now, token: () => 'token', directory: new Directory(world, now), sync }
  const simulator = activeDirectoryExhibit.create(world, deps)
  const call: Call = { system: '', method: '', path: '', status: null, at: '', write: false }
  const listening: Listening | undefined = await simulator.listen?.({ note: () => ({ ...call }), take: () => null })
  const tenant = world.tenants.find(one => one.id === 't-020')
  const connection = tenant && activeDirectoryExhibit.connect(tenant, world, listening?.url ?? '')
  const { url = listening?.url ?? '', username = '', ca = '' } = connection?.settings ?? {}
  const client = new Client({ url, ...(ca === '' ? {} : { tlsOptions: { ca } }) })
  try {
    if (connection) await client.bind(username, connection.secrets.password)
    await work({ simulator, sync, clock, client })
  } finally {
    await client.unbind().catch(() => {})
    await listening?.close()
  }
}

const control = (simulator: Simulator, path: string, body: object) =>
  simulator.control?.({
    method: 'POST',
    path,
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  })

describe('what the cloud hears', () => {
  it('is that an account was disabled, enabled, or deleted, and nothing of other changes', () =>
    alone(async ({ client, sync }) => {
      await client.modify(leaver.dn, change('replace', 'info', 'x'))
      await client.modifyDN(leaver.dn, `CN=${leaver.name},${leaversOu}`)
      expect(sync.enabled(leaver.email)).toBeUndefined()
      const set = (value: string) =>
        client.modify(`CN=${leaver.name},${leaversOu}`, change('replace', 'userAccountControl', value))
      await set('514')
      expect(sync.enabled(leaver.email.toUpperCase())).toBe(false)
      await set('512')
      expect(sync.enabled(leaver.email)).toBe(true)
      await client.del(`CN=${leaver.name},${leaversOu}`)
      expect(sync.enabled(leaver.email)).toBe(false)
    }))

  it('comes later when it was told to be slow', () =>
    alone(async ({ client, sync, simulator, clock }) => {
      expect(control(simulator, '/sync/delay', { ms: 60_000 })).toEqual({ status: 204 })
      await client.modify(leaver.dn, change('replace', 'userAccountControl', '514'))
      expect(sync.enabled(leaver.email)).toBeUndefined()
      clock.at = new Date(clock.at.getTime() + 60_000)
      expect(sync.enabled(leaver.email)).toBe(false)
    }))
})

describe('a world without the estate', () => {
  it('has a directory with nobody in it, and no connection to it', () => {
    const world = emptyWorld()
    return alone(async ({ simulator }) => {
      expect(simulator.state()).toMatchObject({ domain: 'DC=nobody,DC=example' })
      const logins = JSON.stringify(simulator.state()).match(/[\w-]+@nobody\.example/g)
      expect(logins).toEqual(['svc-k1ctl@nobody.example'])
      for (const tenant of world.tenants) expect(activeDirectoryExhibit.connect(tenant, world, 'x')).toBeNull()
    }, world)
  })
})
