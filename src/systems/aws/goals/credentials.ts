import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import { type AwsChange, act, gather, notShown, type Partial, unseenChanges } from '../gather.ts'
import { type GoalGround, type Subject, settleMs, taken } from '../ground.ts'
import type { Credential } from '../iam.ts'
import { looksAt } from '../looks.ts'

/** Access keys go with the sign-in. */
const kinds = ['sshKeys', 'certificates', 'serviceCredentials'] as const
const words = {
  sshKeys: ['SSH key', 'SSH keys'],
  certificates: ['signing certificate', 'signing certificates'],
  serviceCredentials: ['service credential', 'service credentials'],
} as const

/** Absent where it could not be seen. */
const list = z.array(z.object({ id: z.string(), active: z.boolean() })).optional()
const lists = z.object({ user: z.string(), sshKeys: list, certificates: list, serviceCredentials: list })
const shape = z.union([z.object({ gone: z.literal(true) }), lists])
type Had = z.infer<typeof shape>

type CredentialsReading = z.infer<typeof lists> &
  Partial & {
    /** Serial numbers. They stay: evidence, and no more; absent where they could not be seen. */
    mfaDevices?: string[]
  }

/**
 * SSH keys, signing certificates and credentials for single services (Git, Keyspaces, Bedrock) are inactive: all three
 * can be switched, so nothing is lost. MFA devices stay: without password and keys they open nothing.
 */
export function credentialsRevoked(ground: GoalGround, subject: Subject): AccountGoal<CredentialsReading, AwsChange> {
  const { iam } = ground
  const switching = (now: CredentialsReading, active: boolean, isMeant: (id: string) => boolean): AwsChange[] =>
    kinds.flatMap(kind =>
      (now[kind] ?? [])
        .filter(one => one.active !== active && isMeant(one.id))
        .map(({ id }) => ({
          id: `${kind} ${id}`,
          what: 'Credentials',
          before: active ? 'inactive' : `${words[kind][0]} ${id}`,
          after: active ? `${words[kind][0]} ${id}` : 'inactive',
          act: () => {
            const sent = iam.switchCredential(now.user, kind, id, active)
            return active ? sent : taken(sent)
          },
        })),
    )
  const revoking = (now: CredentialsReading) => [...switching(now, false, () => true), ...unseenChanges(now)]
  const giving = (had: Had, now: CredentialsReading): AwsChange[] => {
    const wanted = activeIn(had)
    return wanted.size === 0 ? [] : [...switching(now, true, id => wanted.has(id)), ...unseenChanges(now)]
  }
  return {
    kind: 'credentials-revoked',
    reach: 'api',
    summary: 'SSH keys, certificates and service credentials are inactive',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['iam user', ...kinds, 'mfa devices'],
    async read(moment): Promise<Reading<CredentialsReading>> {
      const looks = looksAt(ground, subject.parts, moment)
      const user = await looks.user()
      if (user === null) return goneReading
      const all = gather()
      const read = (kind: (typeof kinds)[number]): Promise<Credential[] | undefined> =>
        all.of(`the ${words[kind][1]}`, looks.credentials(user.UserName, kind))
      const [sshKeys, certificates, serviceCredentials, mfaDevices] = await Promise.all([
        read('sshKeys'),
        read('certificates'),
        read('serviceCredentials'),
        gather().of('the MFA devices', looks.mfaDevices(user.UserName)),
      ])
      return seen({
        user: user.UserName,
        ...(sshKeys ? { sshKeys } : {}),
        ...(certificates ? { certificates } : {}),
        ...(serviceCredentials ? { serviceCredentials } : {}),
        ...(mfaDevices ? { mfaDevices } : {}),
        ...all.left(),
      })
    },
    holds: now => revoking(now).length === 0,
    unobservable: now => notShown(now, switching(now, false, () => true).length > 0),
    changes: revoking,
    residual: ({ mfaDevices }) =>
      mfaDevices === undefined
        ? ['Whether MFA devices hang on the IAM user could not be seen.']
        : mfaDevices.length === 0
          ? []
          : [`MFA devices stay until the IAM user is deleted: ${mfaDevices.join(', ')}.`],
    take: oneByOne(act),
    settlesWithin: settleMs,
    back: {
      shape,
      what: `which credentials ${subject.login} had`,
      place: 'the console',
      summary: (had: Had) =>
        activeIn(had).size === 0 ? 'Credentials stay as they were' : 'Credentials are active again',
      isBack: (had: Had, now) => giving(had, now).length === 0,
      changes: giving,
      give: oneByOne(act),
    },
  }
}

function activeIn(had: Had): Set<string> {
  if ('gone' in had) return new Set()
  return new Set(kinds.flatMap(kind => (had[kind] ?? []).filter(one => one.active).map(one => one.id)))
}
