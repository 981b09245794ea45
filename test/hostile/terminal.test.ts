import { afterAll, beforeAll, expect, it } from 'vitest'
import type { World } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { smallWorld } from '../cli/small-world.ts'
import { buildCommand } from '../process/built-command.ts'
import { describeInTerminal, keys, openTerminal } from '../terminal/terminal.ts'

const evil = 'Amy\u001b[2J\u001b]52;c;ZXZpbA==\u0007\u009b1A\u202egnp\u200b\nFORGED ✓ proved\rFORGED\u2028FORGED'
const shown = 'Amy␛[2J␛]52;c;ZXZpbA==␇\\u009b1A\\u202egnp\\u200b␊FORGED ✓ proved␍FORGED\\u2028FORGED'

function evilWorld(): World {
  const world = smallWorld('first', 'everythingOn')
  for (const operator of world.operators) operator.displayName = evil
  for (const tenant of world.tenants) {
    for (const person of tenant.people) person.givenName = evil
    if (tenant.bms) tenant.bms.departments = [1, 2, 3].map(id => ({ id, name: `${evil}${id}` }))
  }
  return world
}

let ground: Ground
let leaver: string
beforeAll(async () => {
  await buildCommand()
  const world = evilWorld()
  leaver = world.tenants[0]?.people[5]?.email ?? ''
  ground = await openGround(world)
}, 60_000)
afterAll(() => ground.close())

/** What the library itself never sends; and no line of the screen begins with what was forged. */
function expectHarmless(raw: string, text: string): void {
  expect(raw).not.toMatch(/\u001b\[2J|\u001b\]|\u0007|[\u0080-\u009f\u202e\u200b\u2028]/)
  expect(text).not.toMatch(/^\s*FORGED/m)
}

describeInTerminal('a display name that drives terminals', () => {
  it('is shown in the plan and in the question for consent, on one line', async () => {
    const terminal = openTerminal(['offboard', leaver], ground.home, { columns: 400 })
    await terminal.sees(shown)
    await terminal.sees(/Offboard .*\?/)
    terminal.answer('n')
    expect(await terminal.ended).toBe(130)
    expectHarmless(terminal.raw(), terminal.text())
  })

  it('is shown in a list of choices', async () => {
    const words = ['jit', 'defaults', 'set', 'bms', '--dry-run']
    const terminal = openTerminal(words, ground.home, { columns: 400 })
    await terminal.sees('type to search')
    await terminal.sees('␛[2J')
    terminal.type(keys.ctrlC)
    expect(await terminal.ended).toBe(130)
    expectHarmless(terminal.raw(), terminal.text())
  })
})
