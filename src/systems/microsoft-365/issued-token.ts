import { z } from 'zod'

/** What a token endpoint gives (RFC 6749, 5.1). */
export const issuedSchema = z.object({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.coerce.number().positive(),
  refresh_token: z.string().nullish(),
})

export type Issued = z.infer<typeof issuedSchema>
