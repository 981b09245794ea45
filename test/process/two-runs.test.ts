import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { smallWorld } from '../cli/small-world.ts'
import { buildCommand, start } from './built-command.ts'

/** Two processes, one person: one is admitted, the other is told who is at it, and ends with 3. */

const person = 'eric.hansen@northwind-dental.example'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround(smallWorld('first'))
}, 60_000)
afterAll(() => ground.close())

/** The same person, as two operators may write them: the word is no idea of who that is. */
const spellings = [
  ['one word', person, person],
  ['upper case', person, person.toUpperCase()],
  ['the log-in before the @', person, 'eric.hansen'],
] as const

it.each(spellings)('admits one of two runs on one person at once: %s', { timeout: 60_000 }, async (_, ...spelled) => {
  await ground.reset()
  for (const system of ['kaseyaone', 'graphus', 'datto-partner-portal', 'bms', 'scim']) {
    if (ground.sandbox.systems[system]) await ground.fault(system, { delayMs: 200, times: 0 })
  }
  const ran = await Promise.all(
    spelled.map(word => start(['offboard', word, '--yes', '--json', '--wait', '5'], ground.home).ended),
  )
  const people = ran.map(({ stdout }) => JSON.parse(stdout).people[0] as { verdict: string; why?: string })
  const told = people.filter(({ why }) => /is being worked on|is held|at it|run \d{8}-\d{6}/i.test(why ?? ''))
  expect(told).toHaveLength(1)
  expect(told[0]?.why).toMatch(/\d{8}-\d{6}-[0-9a-f]{4}/)
  expect(ran.map(({ code }) => code).filter(code => code === 3).length).toBeGreaterThan(0)
  const blocks = (await ground.writes('kaseyaone')).filter(({ method }) => method === 'PATCH')
  expect(new Set(blocks.map(({ path }) => path)).size).toBeGreaterThan(0)
  const changed = people.filter(({ why }) => why === undefined)
  expect(changed).toHaveLength(1)
})
