import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { type Membership, readMemberships } from '../memberships.ts'
import type { HeldRole } from '../roles.ts'
import { dropRole, giveRole, joinGroup, leaveGroup } from '../write.ts'
import { type Ground, gone, notASnapshot, present, type Subject, settled, standing } from './ground.ts'

/** Roles given to the person, and groups that give one. */
export interface Administration {
  direct: HeldRole[]
  groups: { group: Membership; roles: HeldRole[] }[]
}

export async function readAdministration({ graph, roles }: Ground, userId: string): Promise<Administration> {
  const [direct, memberships] = await Promise.all([roles.of(userId), readMemberships(graph, userId)])
  const candidates = memberships.filter(({ kind }) => kind === 'role')
  const groups = await Promise.all(candidates.map(async group => ({ group, roles: await roles.of(group.id) })))
  return { direct, groups: groups.filter(one => one.roles.length > 0) }
}

export function rolesIn({ direct, groups }: Administration): HeldRole[] {
  return [...direct, ...groups.flatMap(({ roles }) => roles)]
}

/** No role of the directory is assigned to the person, and no group gives them one. */
export async function adminRolesDropped(
  ground: Ground,
  subject: Subject,
  before: Administration | undefined,
): Promise<AccountGoal> {
  const { account, now } = subject
  const look = () => lookAtRoles(ground, account.id)
  const had = before === undefined ? '' : describe(before)
  return {
    kind: 'admin-roles-dropped',
    reach: 'api',
    summary: 'Admin roles are dropped',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: had === '' ? [] : [{ what: 'Roles', before: had, after: 'none' }],
    warnings: [],
    ...residualOf(now === null ? [] : await eligibility(ground, account.id)),
    look,
    bring: () => settled(ground, () => ground.guarded(account.id, ({ id }) => dropAll(ground, id)), look),
    undo: reading => rolesGivenBack(ground, subject, reading),
  }
}

async function eligibility({ roles }: Ground, userId: string): Promise<string[]> {
  const names = await roles.eligible(userId)
  if (names === null) return ['Whether roles may be activated in Privileged Identity Management could not be read.']
  return names.map(name => `May still activate the role ${name} in Privileged Identity Management: remove it there.`)
}

function residualOf(residual: readonly string[]) {
  return residual.length === 0 ? {} : { residual }
}

async function dropAll(ground: Ground, userId: string): Promise<void> {
  const { direct, groups } = await readAdministration(ground, userId)
  for (const { assignmentId } of direct) await ground.graph.write(dropRole(assignmentId))
  for (const { group } of groups) await ground.graph.write(leaveGroup(group.id, userId))
}

async function lookAtRoles(ground: Ground, userId: string): Promise<Standing> {
  if ((await ground.users.user(userId)) === null) return gone
  const administration = await readAdministration(ground, userId)
  return standing(rolesIn(administration).length === 0, readingOf(administration))
}

function readingOf({ direct, groups }: Administration) {
  return {
    roles: direct.map(({ role, roleDefinitionId, scope }) => ({ role, roleDefinitionId, scope })),
    groups: groups.map(({ group: { id, name }, roles }) => ({ id, name, roles: roles.map(({ role }) => role) })),
  }
}

function describe({ direct, groups }: Administration): string {
  const through = groups.flatMap(({ group, roles }) => roles.map(({ role }) => `${role} (through ${group.name})`))
  return [...direct.map(({ role }) => role), ...through].join(', ')
}

const snapshotSchema = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({
    roles: z.array(z.object({ role: z.string(), roleDefinitionId: z.string(), scope: z.string() })),
    groups: z.array(z.object({ id: z.string(), name: z.string(), roles: z.array(z.string()) })),
  }),
])

function rolesGivenBack(ground: Ground, subject: Subject, before: unknown): AccountGoal {
  const { id, login } = subject.account
  const snapshot = snapshotSchema.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which roles ${login} had`)
  const had = 'roles' in snapshot.data ? snapshot.data : { roles: [], groups: [] }
  const nothing = had.roles.length + had.groups.length === 0
  const missing = async () => {
    const { direct, groups } = await readAdministration(ground, id)
    return {
      roles: had.roles.filter(
        one => !direct.some(d => d.roleDefinitionId === one.roleDefinitionId && d.scope === one.scope),
      ),
      groups: had.groups.filter(one => !groups.some(({ group }) => group.id === one.id)),
    }
  }
  const look = async (): Promise<Standing> => {
    if (nothing || (await ground.users.user(id)) === null) return standing(nothing, snapshot.data)
    const { roles, groups } = await missing()
    return standing(roles.length + groups.length === 0, { missing: [...roles, ...groups] })
  }
  const names = [...had.roles.map(({ role }) => role), ...had.groups.map(({ name }) => name)].join(', ')
  return {
    kind: 'admin-roles-dropped',
    reach: 'api',
    summary: nothing ? 'Roles stay as they were' : 'Roles are given back',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: nothing ? [] : [{ what: 'Roles', before: 'none', after: names }],
    warnings: [],
    look,
    async bring() {
      await present(ground, subject)
      const give = async () => {
        const { roles, groups } = await missing()
        for (const { roleDefinitionId, scope } of roles) {
          await ground.graph.write(giveRole({ principalId: id, roleDefinitionId, directoryScopeId: scope }))
        }
        for (const group of groups) await ground.graph.write(joinGroup(ground.graph.base, group.id, id))
      }
      await settled(ground, give, look)
    },
  }
}
