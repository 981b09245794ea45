import { z } from 'zod'
import { rememberSecret } from '../../core/redact.ts'
import type { Keys } from './credentials.ts'
import { type QueryClient, query } from './query-client.ts'

export interface Caller {
  /** 12 digits. */
  account: string
  arn: string
  /** `AIDA…` of an IAM user; `AROA…:session` of a role. */
  userId: string
}

const callerIdentity = query(
  'GetCallerIdentity',
  z.object({ Account: z.string(), Arn: z.string(), UserId: z.string() }),
)

export async function readCaller(client: QueryClient): Promise<Caller> {
  const { Account, Arn, UserId } = await client.read(callerIdentity, {})
  return { account: Account, arn: Arn, userId: UserId }
}

/** An hour is what every role allows; a role assumed by a role may not last longer anyway. */
const sessionSeconds = '3600'

const credentials = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  SessionToken: z.string(),
  Expiration: z.string(),
})
const assumed = query('AssumeRole', z.object({ Credentials: credentials }))

export async function assumeRole(client: QueryClient, role: { arn: string; externalId?: string }): Promise<Keys> {
  const { Credentials: given } = await client.read(assumed, {
    RoleArn: role.arn,
    RoleSessionName: 'k1ctl',
    DurationSeconds: sessionSeconds,
    ExternalId: role.externalId,
  })
  rememberSecret(given.SecretAccessKey)
  rememberSecret(given.SessionToken)
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: new Date(given.Expiration),
  }
}
