import { K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import type { Keys } from './credentials.ts'

export interface AwsSettings {
  /** Region of IAM Identity Center; of STS, too. */
  region: string
  /** One URL for all services. */
  url?: string
  source: { auth: 'keys'; keys: Keys } | { auth: 'chain'; profile?: string }
  role?: { arn: string; externalId?: string }
  identityCenter: { instanceArn?: string } | 'off'
  /** How an IAM user is named for somebody with this e-mail. */
  iamUserName: 'email' | 'local-part'
}

type Given = Readonly<Record<string, string>>

/** @throws K1Error `not-set-up` for one that is missing, `usage` for one that cannot be */
export function readSettings(given: Given): AwsSettings {
  const instanceArn = optional(given, 'instanceArn')
  const roleArn = optional(given, 'roleArn')
  const externalId = optional(given, 'externalId')
  const url = optional(given, 'url')
  if (roleArn !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) {
    throw new K1Error('usage', 'The role to assume is not the ARN of an IAM role.', {
      hint: 'It looks like arn:aws:iam::111122223333:role/k1ctl.',
      facts: { setting: 'roleArn' },
    })
  }
  return {
    region: required(given, 'region').toLowerCase(),
    ...(url === undefined ? {} : { url }),
    source: readSource(given),
    ...(roleArn === undefined ? {} : { role: { arn: roleArn, ...(externalId === undefined ? {} : { externalId }) } }),
    identityCenter:
      oneOf(given, 'identityCenter', ['auto', 'off'] as const) === 'off'
        ? 'off'
        : instanceArn === undefined
          ? {}
          : { instanceArn },
    iamUserName: oneOf(given, 'iamUserName', ['email', 'local-part'] as const),
  }
}

function readSource(given: Given): AwsSettings['source'] {
  if (oneOf(given, 'auth', ['chain', 'keys'] as const) === 'chain') {
    const profile = optional(given, 'profile')
    return { auth: 'chain', ...(profile === undefined ? {} : { profile }) }
  }
  const sessionToken = optional(given, 'sessionToken')
  const keys: Keys = {
    accessKeyId: required(given, 'accessKeyId'),
    secretAccessKey: required(given, 'secretAccessKey'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
  rememberSecret(keys.secretAccessKey)
  if (sessionToken !== undefined) rememberSecret(sessionToken)
  return { auth: 'keys', keys }
}

function optional(given: Given, key: string): string | undefined {
  const value = (given[key] ?? '').trim()
  return value === '' ? undefined : value
}

function required(given: Given, key: string): string {
  const value = optional(given, key)
  if (value !== undefined) return value
  throw new K1Error('not-set-up', `The connection to AWS has no ${key}.`, {
    hint: 'Set it up: k1ctl connect aws',
    facts: { setting: key },
  })
}

/** The first of `all` where nothing is given. */
function oneOf<T extends string>(given: Given, key: string, all: readonly [T, ...T[]]): T {
  const value = optional(given, key)
  if (value === undefined) return all[0]
  const found = all.find(one => one === value.toLowerCase())
  if (found !== undefined) return found
  throw new K1Error('usage', `"${value.slice(0, 40)}" cannot be the ${key} of a connection to AWS.`, {
    hint: `It is one of: ${all.join(', ')}.`,
    facts: { setting: key },
  })
}
