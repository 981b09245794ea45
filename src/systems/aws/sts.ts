import { z } from 'zod'
import { rememberSecret } from '../../core/redact.ts'
import type { Keys } from './credentials.ts'
import type { QueryClient } from './query-client.ts'

export interface Caller {
  /** 12 digits. */
  account: string
  arn: string
  /** `AIDA…` of an IAM user; `AROA…:session` of a role. */
  userId: string
}

export async function readCaller(client: QueryClient): Promise<Caller> {
  const shape = z.object({ Account: z.string(), Arn: z.string(), UserId: z.string() })
  const { Account, Arn, UserId } = await client.read('GetCallerIdentity', {}, shape)
  return { account: Account, arn: Arn, userId: UserId }
}

/** An hour is what every role allows; a role assumed by a role may not last longer anyway. */
const sessionSeconds = '3600'

export async function assumeRole(client: QueryClient, role: { arn: string; externalId?: string }): Promise<Keys> {
  const credentials = z.object({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
    Expiration: z.string(),
  })
  const { Credentials: given } = await client.read(
    'AssumeRole',
    { RoleArn: role.arn, RoleSessionName: 'k1ctl', DurationSeconds: sessionSeconds, ExternalId: role.externalId },
    z.object({ Credentials: credentials }),
  )
  rememberSecret(given.SecretAccessKey)
  rememberSecret(given.SessionToken)
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: new Date(given.Expiration),
  }
}
