import { expect, it } from 'vitest'
import type { Context } from '../../src/cli/command.ts'
import { Sessions } from '../../src/cli/sessions.ts'
import type { Session, System } from '../../src/core/system.ts'
import { about } from '../posture/readings.ts'

/** Sessions of one system, which count what is opened and closed. */
function openLedger() {
  const events: string[] = []
  const connection = { settings: {}, secretFields: [] }
  const app = { env: {}, clock: { now: () => new Date() }, config: async () => ({ connection: () => connection }) }
  const context = {
    app: { ...app, signal: new AbortController().signal },
    output: {},
    words: { text: () => undefined, flag: () => false, number: () => undefined },
  } as unknown as Context
  let opened = 0
  const system = {
    about: about(),
    async open() {
      const name = `session ${++opened}`
      events.push(`open ${name}`)
      return { close: async () => void events.push(`close ${name}`) } as unknown as Session
    },
  } as unknown as System
  return { events, system, sessions: new Sessions(context, { useEnvironment: false }) }
}

it('closes what is left once the next of its system is left, and the rest at the end', async () => {
  const { events, system, sessions } = openLedger()
  for (const tenant of ['a', 'b', 'c']) {
    const { open, leave } = await sessions.module(tenant, system)
    await open?.()
    await leave?.()
  }
  expect(events).toEqual(['open session 1', 'open session 2', 'close session 1', 'open session 3', 'close session 2'])
  await sessions.close()
  expect(events.at(-1)).toBe('close session 3')
})

it('opens anew what was left, and nothing is wrong with leaving what was never opened', async () => {
  const { events, system, sessions } = openLedger()
  const { open, leave } = await sessions.module('a', system)
  await leave?.()
  await open?.()
  await open?.()
  await leave?.()
  await open?.()
  expect(events).toEqual(['open session 1', 'open session 2'])
  await sessions.close()
  expect(events.toSorted()).toEqual(['close session 1', 'close session 2', 'open session 1', 'open session 2'])
})
