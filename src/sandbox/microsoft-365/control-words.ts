import type { Tenant } from './tenant.ts'
import type { User } from './tenant-state.ts'

/** What words of a control call mean. @throws Error: a misspelt person must not pass unnoticed */
export function byEmail({ state }: Tenant, email: unknown): User {
  const found = state.users.find(user => user.mail === email || user.userPrincipalName === email)
  if (found === undefined) throw new Error(`nobody has ${String(email)}`)
  return found
}

export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
