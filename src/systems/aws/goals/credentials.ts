import { z } from 'zod'
import { goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { gather, notShown, type Partial, unseenChanges } from '../gather.ts'
import { type GoalGround, type Holder, settleMs, taken } from '../ground.ts'
import { type LooksBelow, looksAt } from '../looks.ts'

/** Access keys go with the sign-in. */
const kinds = ['sshKeys', 'certificates', 'serviceCredentials'] as const
const words = {
  sshKeys: ['SSH key', 'SSH keys'],
  certificates: ['signing certificate', 'signing certificates'],
  serviceCredentials: ['service credential', 'service credentials'],
} as const

/** Absent where it could not be seen. */
const list = z.array(z.object({ id: z.string(), active: z.boolean() })).optional()
const shape = z.object({ user: z.string(), sshKeys: list, certificates: list, serviceCredentials: list })
type Had = z.infer<typeof shape>

interface CredentialsReading extends Had, Partial {
  /** Serial numbers. They stay: evidence, and no more; absent where they could not be seen. */
  mfaDevices?: string[]
}

/**
 * SSH keys, signing certificates and credentials for single services (Git, Keyspaces, Bedrock) are inactive: all three
 * can be switched, so nothing is lost. MFA devices stay: without password and keys they open nothing.
 */
export function credentialsRevoked(ground: GoalGround, subject: Holder): ThingsGoal<CredentialsReading> {
  const { iam } = ground
  return goalOfThings<CredentialsReading, Had>({
    kind: 'credentials-revoked',
    summary: 'SSH keys, certificates and service credentials are inactive',
    needs: ['iam user', ...kinds, 'mfa devices'],
    read: moment => looksAt(ground, subject.parts, moment).below(readCredentials),
    unobservable: now => notShown(now, activeIn(now).length > 0),
    things: (had, now) =>
      activeIn(had).map(
        ({ kind, id }): Thing => ({
          id: `${kind} ${id}`,
          what: 'Credentials',
          name: `${words[kind][0]} ${id}`,
          without: 'inactive',
          take: () => taken(iam.switchCredential(now.user, kind, id, false)),
          // One that was deleted meanwhile cannot be switched.
          ...(now[kind]?.some(one => one.id === id)
            ? { give: () => iam.switchCredential(now.user, kind, id, true) }
            : {}),
        }),
      ),
    unseen: unseenChanges,
    residual: ({ mfaDevices }) =>
      mfaDevices === undefined
        ? ['Whether MFA devices hang on the IAM user could not be seen.']
        : mfaDevices.length === 0
          ? []
          : [`MFA devices stay until the IAM user is deleted: ${mfaDevices.join(', ')}.`],
    settlesWithin: settleMs,
    back: {
      shape,
      what: `which credentials ${subject.login} had`,
      place: 'the console',
      summary: had => (activeIn(had).length === 0 ? 'Credentials stay as they were' : 'Credentials are active again'),
    },
  })
}

async function readCredentials(user: string, looks: LooksBelow): Promise<CredentialsReading> {
  const all = gather()
  const read = (kind: (typeof kinds)[number]) => all.of(`the ${words[kind][1]}`, looks.credentials(user, kind))
  const [sshKeys, certificates, serviceCredentials, mfaDevices] = await Promise.all([
    read('sshKeys'),
    read('certificates'),
    read('serviceCredentials'),
    gather().of('the MFA devices', looks.mfaDevices(user)),
  ])
  const stay = mfaDevices ? { mfaDevices } : {}
  return { user, sshKeys, certificates, serviceCredentials, ...stay, ...all.left() }
}

function activeIn(had: Had) {
  return kinds.flatMap(kind => (had[kind] ?? []).filter(one => one.active).map(({ id }) => ({ kind, id })))
}
