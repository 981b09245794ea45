import * as z from 'zod/mini'

/** All secrets of one file. A list, not an object by ref: a ref may be any text, `__proto__` too. */
export const keptSecretsSchema = z.array(z.strictObject({ ref: z.string(), values: z.record(z.string(), z.string()) }))

export type KeptSecrets = z.infer<typeof keptSecretsSchema>

/** By list: a fleet asks for a secret a tenant, and each would be looked for among all the others. */
const byRef = new WeakMap<KeptSecrets, ReadonlyMap<string, Record<string, string>>>()

export function findSecret(secrets: KeptSecrets, ref: string): Record<string, string> | undefined {
  const known = byRef.get(secrets) ?? new Map(secrets.map(secret => [secret.ref, secret.values]))
  byRef.set(secrets, known)
  return known.get(ref)
}

export function dropSecret(secrets: KeptSecrets, ref: string): KeptSecrets {
  return secrets.filter(secret => secret.ref !== ref)
}

/** Adds or replaces. */
export function putSecret(secrets: KeptSecrets, ref: string, values: Record<string, string>): KeptSecrets {
  return [...dropSecret(secrets, ref), { ref, values }]
}
