import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { changeResource, settle } from '../change.ts'
import { roleName } from '../people-rules.ts'
import type { ScimElement } from '../schemas.ts'
import { type GoalGround, goneForGood, notASnapshot } from './ground.ts'
import type { Subject } from './sign-in.ts'

const readRoles = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({
    roles: z.array(z.object({ id: z.string(), name: z.string(), admin: z.boolean(), primary: z.boolean().optional() })),
  }),
])

/** No role of the account is an administrator's; where it had no other, it gets the ordinary one. */
export function adminRolesDropped(ground: GoalGround, subject: Subject): AccountGoal {
  const { isAdminRole, ordinaryRole } = ground.rules
  const names = (subject.now?.roles ?? []).map(roleName)
  const kept = names.filter(name => !isAdminRole(name))
  const after = kept.join(', ') || (ordinaryRole ?? 'none')
  return {
    kind: 'admin-roles-dropped',
    reach: ground.reach,
    summary: 'Admin roles are dropped',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: kept.length < names.length ? [{ what: 'Roles', before: names.join(', '), after }] : [],
    warnings: [],
    look: () => lookAtRoles(ground, subject),
    bring: () =>
      ground.guarded(subject.id, async user => {
        const roles = (user?.roles ?? []).filter(role => !isAdminRole(roleName(role)))
        if (roles.length === (user?.roles ?? []).length) return
        const ordinary =
          roles.length > 0 || ordinaryRole === undefined ? undefined : await ground.roleCalled(ordinaryRole)
        const wanted = ordinary === undefined ? roles : [{ ...ordinary, primary: true }]
        await writeRoles(ground, subject, wanted, () => lookAtRoles(ground, subject))
      }),
    undo: before => rolesGivenBack(ground, subject, before),
  }
}

function rolesGivenBack(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const snapshot = readRoles.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which roles ${subject.login} had`)
  const had = 'roles' in snapshot.data ? snapshot.data.roles : []
  const given = had.some(role => role.admin)
  const look = async (): Promise<Standing> => {
    const user = given ? await ground.server.user(subject.id) : null
    if (user === null) return { state: given ? 'not-yet' : 'holds', reading: snapshot.data }
    const roles = user.roles ?? []
    const missing = had.filter(one => !roles.some(role => (role.value || roleName(role)) === one.id))
    return { state: missing.length === 0 ? 'holds' : 'not-yet', reading: readingOf(ground, roles) }
  }
  return {
    kind: 'admin-roles-dropped',
    reach: ground.reach,
    summary: given ? 'Roles are given back' : 'Roles stay as they were',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: given ? [{ what: 'Roles', before: 'as they are', after: had.map(({ name }) => name).join(', ') }] : [],
    warnings: [],
    look,
    async bring() {
      if ((await ground.server.user(subject.id)) === null) throw goneForGood(ground, subject.login)
      const roles = had.map(({ id, name, primary }) => ({ value: id, display: name, ...(primary ? { primary } : {}) }))
      await writeRoles(ground, subject, roles, look)
    },
  }
}

async function lookAtRoles(ground: GoalGround, { id }: Subject): Promise<Standing> {
  const user = await ground.server.user(id)
  if (user === null) return { state: 'holds', reading: { gone: true } }
  const reading = readingOf(ground, user.roles ?? [])
  return { state: reading.roles.some(role => role.admin) ? 'not-yet' : 'holds', reading }
}

function readingOf({ rules }: GoalGround, roles: readonly ScimElement[]) {
  return {
    roles: roles.map(role => ({
      id: role.value || roleName(role),
      name: roleName(role),
      admin: rules.isAdminRole(roleName(role)),
      ...(role.primary ? { primary: true } : {}),
    })),
  }
}

async function writeRoles(
  { server }: GoalGround,
  { id }: Subject,
  wanted: readonly ScimElement[],
  look: () => Promise<Standing>,
): Promise<void> {
  // Strict servers refuse null where an attribute is meant to be absent.
  const roles = wanted.map(role => Object.fromEntries(Object.entries(role).filter(([, value]) => value != null)))
  const operation =
    roles.length > 0
      ? ({ op: 'replace', path: 'roles', value: roles } as const)
      : ({ op: 'remove', path: 'roles' } as const)
  await settle(
    () => changeResource(server, 'Users', id, { operations: [operation], edit: resource => ({ ...resource, roles }) }),
    async () => (await look()).state === 'holds',
  )
}
