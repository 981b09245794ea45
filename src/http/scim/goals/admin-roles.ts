import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { seenOrGone, unseen } from '../../../core/reading.ts'
import { changeResource } from '../change.ts'
import { roleName } from '../people-rules.ts'
import type { ScimElement, ScimUser } from '../schemas.ts'
import { consoleOf, guardOf, type Holder, type ScimTools, userOf } from './ground.ts'

const shape = z.object({
  roles: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      admin: z.boolean(),
      primary: z.boolean().optional(),
      type: z.string().optional(),
    }),
  ),
})
type Had = z.infer<typeof shape>

/** No role of the account is an administrator's; where it had no other, it gets the ordinary one. */
export function adminRolesDropped(tools: ScimTools, subject: Holder): AccountGoal<ScimUser> {
  const { isAdminRole, ordinaryRole } = tools.rules
  const keptOf = (user: ScimUser) => (user.roles ?? []).filter(role => !isAdminRole(roleName(role)))
  const namesOf = (roles: readonly ScimElement[]) => roles.map(roleName).join(', ')
  const missing = (had: Had, user: ScimUser) =>
    had.roles.some(role => role.admin)
      ? had.roles.filter(one => !(user.roles ?? []).some(role => (role.value || roleName(role)) === one.id))
      : []
  return {
    kind: 'admin-roles-dropped',
    reach: tools.reach,
    summary: 'Admin roles are dropped',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['user'],
    async read(moment) {
      const user = await userOf(tools, subject, moment)
      if (user === null || (user.roles ?? []).length > 0 || (await tools.showsRoles())) return seenOrGone(user)
      const { title } = tools.server
      return unseen('not-shown', `${title} shows no role of anybody: nobody knows who is an administrator.`)
    },
    holds: user => keptOf(user).length === (user.roles ?? []).length,
    changes(user) {
      const roles = user.roles ?? []
      const kept = keptOf(user)
      if (kept.length === roles.length) return []
      return [{ id: 'roles', what: 'Roles', before: namesOf(roles), after: namesOf(kept) || (ordinaryRole ?? 'none') }]
    },
    shown: user => ({
      roles: (user.roles ?? []).map(role => ({
        id: role.value || roleName(role),
        name: roleName(role),
        admin: isAdminRole(roleName(role)),
        ...(role.primary ? { primary: true } : {}),
        ...(role.type ? { type: role.type } : {}),
      })),
    }),
    guard: user => guardOf(tools, subject, user),
    take: (changes, user) =>
      oneByOne(async () => {
        const kept = keptOf(user)
        const ordinary =
          kept.length > 0 || ordinaryRole === undefined ? undefined : await tools.roleCalled(ordinaryRole)
        await writeRoles(tools, subject, ordinary === undefined ? kept : [{ ...ordinary, primary: true }])
      })(changes),
    back: {
      shape,
      what: `which roles ${subject.login} had`,
      place: consoleOf,
      summary: (had: Had) => (had.roles.some(role => role.admin) ? 'Roles are given back' : 'Roles stay as they were'),
      isBack: (had: Had, user) => missing(had, user).length === 0,
      changes: (had: Had) => [
        { id: 'roles', what: 'Roles', before: 'as they are', after: had.roles.map(({ name }) => name).join(', ') },
      ],
      give: (changes, _, had: Had) =>
        oneByOne(() =>
          writeRoles(
            tools,
            subject,
            had.roles.map(({ id, name, primary, type }) => ({ value: id, display: name, primary, type })),
          ),
        )(changes),
    },
  }
}

async function writeRoles({ server }: ScimTools, { id }: Holder, wanted: readonly ScimElement[]): Promise<void> {
  // Strict servers refuse null where an attribute is meant to be absent.
  const roles = wanted.map(role => Object.fromEntries(Object.entries(role).filter(([, value]) => value != null)))
  const operation =
    roles.length > 0
      ? ({ op: 'replace', path: 'roles', value: roles } as const)
      : ({ op: 'remove', path: 'roles' } as const)
  await changeResource(server, 'Users', id, { operations: [operation], edit: resource => ({ ...resource, roles }) })
}
