import * as z from 'zod/mini'

/** All secrets of one file. A list, not an object by ref: a ref may be any text, `__proto__` too. */
export const keptSecretsSchema = z.array(z.strictObject({ ref: z.string(), values: z.record(z.string(), z.string()) }))

export type KeptSecrets = z.infer<typeof keptSecretsSchema>

export function findSecret(secrets: KeptSecrets, ref: string): Record<string, string> | undefined {
  return secrets.find(secret => secret.ref === ref)?.values
}

export function dropSecret(secrets: KeptSecrets, ref: string): KeptSecrets {
  return secrets.filter(secret => secret.ref !== ref)
}

/** Adds or replaces. */
export function putSecret(secrets: KeptSecrets, ref: string, values: Record<string, string>): KeptSecrets {
  return [...dropSecret(secrets, ref), { ref, values }]
}
