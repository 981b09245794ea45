import { z } from 'zod'

/** Answers of the module admin contract, as far as they are used. The whole contract is in `openapi.ts`. */

const id = z.string().min(1)
const named = z.object({ id, name: z.string() })

export const tokensSchema = z.object({ accessToken: z.string().min(1), refreshToken: z.string().min(1) })

export type Tokens = z.infer<typeof tokensSchema>

const challengeSchema = z.object({
  challenge: z.object({ id, kind: z.enum(['two-factor', 'push']), expiresInSeconds: z.number().positive() }),
})

export type Challenge = z.infer<typeof challengeSchema>['challenge']

export const logInSchema = z.union([challengeSchema, tokensSchema])

export const pushSchema = z.union([
  z.object({ state: z.literal('waiting'), pollAfterSeconds: z.number().min(0) }),
  tokensSchema,
])

export const sessionSchema = z.object({
  username: z.string().min(1),
  email: z.string(),
  moduleAdmin: z.boolean(),
  missing: z.array(z.string()),
})

export const tenantsSchema = z.object({ tenants: z.array(named) })

const person = z.object({ id, displayName: z.string(), email: z.string(), active: z.boolean() })

const settingsShape = z.object({
  organization: z.object({ id, name: z.string(), active: z.boolean() }).nullable(),
  isLogInWithKaseyaOneEnabled: z.boolean(),
  isRequireLogInWithKaseyaOneEnabled: z.boolean().optional(),
  isAutomaticUserProvisioningEnabled: z.boolean().optional(),
  isAutomaticUserDeprovisioningEnabled: z.boolean().optional(),
  isAccessGroupsEnabled: z.boolean().optional(),
  defaultRole: named.nullable().optional(),
  userExceptions: z.array(person).optional(),
  alwaysExempt: z.array(person.extend({ reason: z.string() })).optional(),
  accessGroups: z.array(z.object({ groupId: id, groupName: z.string(), roles: z.array(named) })).optional(),
})

/** What has to be shown with a feature: an exception that is not shown would be taken away by the next change. */
const shownWith = {
  isRequireLogInWithKaseyaOneEnabled: ['userExceptions', 'alwaysExempt'],
  isAutomaticUserProvisioningEnabled: ['defaultRole'],
  isAccessGroupsEnabled: ['accessGroups'],
} as const

/** A feature that the module does not have is absent, with what belongs to it; that is why most of it is optional. */
export const settingsSchema = settingsShape.check(({ value, issues }) => {
  for (const [feature, members] of Object.entries(shownWith)) {
    if (value[feature as keyof typeof shownWith] === undefined) continue
    for (const member of members) {
      if (value[member] !== undefined) continue
      issues.push({ code: 'custom', message: `${feature} comes with it`, path: [member], input: value })
    }
  }
})

export type Settings = z.infer<typeof settingsShape>

export const rolesSchema = z.object({ roles: z.array(named.extend({ isAdministrator: z.boolean() })) })

export const groupsSchema = z.object({ groups: z.array(named) })

/** RFC 9457, with the members that the contract adds. */
export const problemSchema = z.object({
  code: z.string(),
  detail: z.string().optional(),
  missing: z.array(z.string()).optional(),
  needs: z.string().optional(),
  field: z.string().optional(),
})
