import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { quirks } from '../../src/sandbox/microsoft-365/quirks.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { theOne } from './people-stage.ts'
import { stillOpen } from './simulated-truth.ts'

/**
 * With a role and a licence that come by groups, under each quirk and under all of them: whoever is found is blocked, what
 * is said to hold does hold in the simulator's own state, and `licences=keep` keeps.
 */

const stage = setGraphStage()

const stateSchema = z.object({
  users: z.array(z.object({ id: z.string() })),
  groups: z.array(z.object({ assignedLicenses: z.array(z.unknown()), members: z.array(z.string()) })),
})

async function licensed(): Promise<string[]> {
  const { groups, users } = stateSchema.parse(await stage.state())
  const emma = users.map(({ id }) => id)
  return groups.filter(one => one.assignedLicenses.length > 0).flatMap(one => one.members.filter(m => emma.includes(m)))
}

const names = quirks.map(({ name }) => name)

describe('Graph out of order', () => {
  it.each([...names.map(name => [name]), names])(
    'blocks, and says of nothing that it holds which does not: %s',
    async (...on) => {
      const { id } = z
        .object({ id: z.string() })
        .parse(await stage.control('groups', { name: 'Admins', members: [estate.cloud], roleAssignable: true }))
      await stage.control('roles', { to: id, role: 'userAdministrator' })
      await stage.control('groups', { name: 'Licences', members: [estate.cloud], licensing: true })
      const before = await licensed()
      const was = await stage.state()
      await stage.control('quirks', Object.fromEntries(on.map(name => [name, true])))
      const people = await stage.open()
      const account = await theOne(people, estate.cloud)
      const said: [AccountGoalKind, string][] = []
      for (const goal of await people.goals(account, plain)) {
        await Promise.resolve(goal.bring?.()).catch(() => undefined)
        said.push([
          goal.kind,
          await goal.look().then(
            ({ state }) => state,
            () => 'unseen',
          ),
        ])
      }
      const truth = stillOpen('microsoft-365', await stage.state(), was, estate.cloud)
      expect(truth['sign-in-blocked']).toEqual([])
      expect(said).toContainEqual(['sign-in-blocked', 'holds'])
      for (const [kind, what] of said) {
        if (what === 'holds') expect([kind, truth[kind] ?? []]).toEqual([kind, []])
      }
      // licences=keep
      expect(await licensed()).toEqual(before)
    },
  )

  it('knows no other quirk', async () => {
    await expect(stage.control('quirks', { hiddenGroup: true })).rejects.toThrow('There is no quirk hiddenGroup')
    for (const { source, what } of quirks) expect([source, what].join()).toMatch(/\w+\.com\/.+\.$/)
  })
})
