import { expect, it } from 'vitest'
import { z } from 'zod'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { demoWorld, estatePeople } from '../../src/sandbox/index.ts'
import { failureOf } from '../http/loopback.ts'
import { alsoDelete, setPeopleStage } from './people-stage.ts'
import { type TriedGoal, triedGoal } from './tried-goal.ts'

/** A team that leaves with its manager: who reported to whom comes back, whoever is given back first. */

const system = 'active-directory'
const stage = setPeopleStage()

/** Some have names that a distinguished name must escape. */
const team = estatePeople(demoWorld())
  .slice(2, 20)
  .map(({ login }) => login)
const [peer = '', chief = '', lead = '', otherLead = '', otherPeer = '', ...staff] = team

/** Login to the manager's: two leads below a chief, two who manage each other, and everybody else below a lead. */
const reports = new Map([
  [lead, chief],
  [otherLead, chief],
  [peer, otherPeer],
  [otherPeer, peer],
  ...staff.map((login, at) => [login, at % 2 ? lead : otherLead] as const),
])

const values = z.array(z.string()).optional()
const stateShape = z.object({
  entries: z.array(
    z.object({
      dn: z.string(),
      attributes: z.object({ sAMAccountName: values, manager: values, description: values }),
    }),
  ),
})

/** By login: where somebody is, and what of them the goal changes. */
async function directory() {
  const { entries } = stateShape.parse(await stage.control(system, 'GET', 'state'))
  return Object.fromEntries(
    entries.flatMap(({ dn, attributes: { sAMAccountName: [login = ''] = [], manager, description } }) =>
      team.includes(login) ? [[login, { dn, manager, description }]] : [],
    ),
  )
}

async function reporting() {
  for (const [account, is] of reports) await stage.control(system, 'POST', 'manager', { account, is })
  return directory()
}

/** That goal of each, and no look at any other. */
async function goalsOf(kind: AccountGoalKind, logins: readonly string[]): Promise<Map<string, TriedGoal>> {
  const people = (await stage.reachable(system, 20).open?.())?.people
  const goals = new Map<string, TriedGoal>()
  for (const login of logins) {
    const [account] = (await people?.find(login)) ?? []
    const goal = account && (await people?.goals(account, alsoDelete))?.find(one => one.kind === kind)
    if (goal) goals.set(login, triedGoal(goal, login, stage.clock))
  }
  return goals
}

/** The ways back, each from a snapshot of its own moment, as the ledger keeps it: some managers have moved by then. */
async function leave(logins: readonly string[]): Promise<Map<string, TriedGoal>> {
  const undos = new Map<string, TriedGoal>()
  for (const [login, goal] of await goalsOf('access-freed', logins)) {
    const before = await goal.look()
    await goal.bring?.()
    const undo = goal.undo?.('reading' in before ? JSON.parse(JSON.stringify(before.reading)) : undefined)
    if (undo) undos.set(login, undo)
  }
  return undos
}

async function comeBack(undos: Map<string, TriedGoal>, logins: readonly string[]) {
  for (const login of logins) await undos.get(login)?.bring?.()
  for (const [login, undo] of undos) expect([login, (await undo.look()).state]).toEqual([login, 'holds'])
}

it('all 18 come back as they were, managers first', async () => {
  const before = await reporting()
  const undos = await leave(team)
  for (const [login, { dn, manager }] of Object.entries(await directory())) {
    expect([login, dn, manager]).toEqual([login, expect.stringContaining('OU=Leavers,'), undefined])
  }
  await comeBack(undos, team)
  expect(await directory()).toEqual(before)
})

it('also where managers left last, and are back last', async () => {
  const before = await reporting()
  const managersLast = [...staff.slice(0, 2), otherPeer, otherLead, lead, chief, peer]
  await comeBack(await leave(managersLast), managersLast)
  expect(await directory()).toEqual(before)
})

it('of whom the manager was deleted meanwhile, all else comes back, and the manager alone is refused', async () => {
  const before = await reporting()
  const undos = await leave([chief, lead, peer])
  await (await goalsOf('deleted', [chief])).get(chief)?.bring?.()
  const back = undos.get(lead)
  expect((await failureOf(Promise.resolve(back?.bring?.()))).kind).toBe('rejected')
  expect(await back?.look()).toMatchObject({ state: 'not-yet' })
  expect((await directory())[lead]).toEqual({ ...before[lead], manager: undefined })
  await undos.get(peer)?.bring?.()
  expect((await directory())[peer]).toEqual(before[peer])
})
