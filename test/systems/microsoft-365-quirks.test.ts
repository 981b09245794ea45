import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { quirks } from '../../src/sandbox/microsoft-365/quirks.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { theOne } from './people-stage.ts'

/**
 * Under each quirk, and under all of them together: whoever is found is blocked, and what is said to hold does hold in the
 * simulator's own state, whatever its answers say.
 */

const stage = setGraphStage()

const stateSchema = z.object({
  users: z.array(
    z.object({ id: z.string(), accountEnabled: z.boolean(), methods: z.array(z.object({ type: z.string() })) }),
  ),
  groups: z.array(
    z.object({
      id: z.string(),
      groupTypes: z.array(z.string()),
      mailEnabled: z.boolean(),
      onPremisesSyncEnabled: z.boolean().nullable(),
      assignedLicenses: z.array(z.unknown()),
      members: z.array(z.string()),
    }),
  ),
  roleAssignments: z.array(z.object({ principalId: z.string() })),
  appRoleAssignments: z.array(z.object({ principalId: z.string() })),
  permissionGrants: z.array(z.object({ principalId: z.string().nullable() })),
  managedDevices: z.array(z.object({ userId: z.string() })),
  devices: z.array(z.object({ registeredTo: z.string(), accountEnabled: z.boolean() })),
  mailboxes: z.array(
    z.object({
      user: z.string(),
      type: z.string(),
      forwardingSmtpAddress: z.string().nullable(),
      rules: z.array(z.object({ isEnabled: z.boolean() })),
    }),
  ),
})

type State = z.infer<typeof stateSchema>

/** Does it hold in truth? */
const truths: Partial<Record<AccountGoalKind, (state: State, id: string) => boolean>> = {
  'admin-roles-dropped': ({ roleAssignments, groups }, id) => {
    const theirs = [id, ...groups.filter(({ members }) => members.includes(id)).map(group => group.id)]
    return !roleAssignments.some(({ principalId }) => theirs.includes(principalId))
  },
  'sign-in-blocked': ({ users }, id) => users.some(user => user.id === id && !user.accountEnabled),
  'credentials-revoked': ({ users }, id) =>
    users.some(user => user.id === id && user.methods.every(({ type }) => type === 'password')),
  'groups-left': ({ groups }, id) =>
    !groups.some(
      one =>
        one.members.includes(id) &&
        !one.groupTypes.includes('DynamicMembership') &&
        !one.onPremisesSyncEnabled &&
        one.assignedLicenses.length === 0,
    ),
  'mailbox-shared': ({ mailboxes }, id) => !mailboxes.some(({ user, type }) => user === id && type === 'UserMailbox'),
  'mail-kept-in': ({ mailboxes }, id) =>
    !mailboxes.some(one => one.user === id && (one.forwardingSmtpAddress || one.rules.some(rule => rule.isEnabled))),
  'access-freed': ({ appRoleAssignments, permissionGrants }, id) =>
    ![...appRoleAssignments, ...permissionGrants].some(({ principalId }) => principalId === id),
  'devices-released': ({ managedDevices, devices }, id) =>
    !managedDevices.some(({ userId }) => userId === id) &&
    !devices.some(one => one.registeredTo === id && one.accountEnabled),
}

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
      const state = stateSchema.parse(await stage.state())
      expect(truths['sign-in-blocked']?.(state, account.id)).toBe(true)
      expect(said).toContainEqual(['sign-in-blocked', 'holds'])
      for (const [kind, what] of said) {
        if (what === 'holds' && truths[kind]) expect([kind, truths[kind](state, account.id)]).toEqual([kind, true])
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
