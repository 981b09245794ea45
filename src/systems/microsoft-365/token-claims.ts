import { z } from 'zod'

const claimsSchema = z.object({
  /** Application permissions. */
  roles: z.array(z.string()).optional(),
  /** Delegated permissions, separated by spaces. */
  scp: z.string().optional(),
  /** Directory roles (template ids) of whoever the token is for. */
  wids: z.array(z.string()).optional(),
  app_displayname: z.string().optional(),
  appid: z.string().optional(),
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  tid: z.string().optional(),
})

export type TokenClaims = z.infer<typeof claimsSchema>

/** What an access token says about itself, not verified: it decides nothing, it only explains. Null where it is opaque. */
export function parseClaims(token: string): TokenClaims | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return claimsSchema.safeParse(payload).data ?? null
  } catch {
    return null
  }
}

/** The same; null also where it says nothing of permissions. */
export function readClaims(token: string): TokenClaims | null {
  const claims = parseClaims(token)
  return claims !== null && (claims.roles !== undefined || claims.scp !== undefined) ? claims : null
}
