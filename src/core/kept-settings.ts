import { z } from 'zod'

const choice = z.object({ id: z.string(), name: z.string(), admin: z.boolean().exactOptional() })
const user = z.object({ id: z.string(), name: z.string(), email: z.string(), active: z.boolean() })
/** What a ledger keeps of a module's settings. */
export const keptSettings = z.object({
  on: z.record(z.string(), z.boolean()),
  exceptions: z.object({ users: z.array(user), roles: z.array(choice) }),
  defaults: z.record(z.string(), choice.nullable()),
  mappings: z.array(z.object({ id: z.string().exactOptional(), group: choice, roles: z.array(choice) })),
  version: z.string(),
})

export type KeptSettings = z.infer<typeof keptSettings>
