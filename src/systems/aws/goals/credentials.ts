import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { IamRef } from '../account-id.ts'
import {
  deadlineOf,
  eachOf,
  findIamUser,
  type GoalGround,
  goneForGood,
  insist,
  notASnapshot,
  type Subject,
  settle,
} from '../ground.ts'

/** Access keys go with the sign-in. */
const kinds = ['sshKeys', 'certificates', 'serviceCredentials'] as const
const words = {
  sshKeys: ['SSH key', 'SSH keys'],
  certificates: ['signing certificate', 'signing certificates'],
  serviceCredentials: ['service credential', 'service credentials'],
} as const

const list = z.array(z.object({ id: z.string(), active: z.boolean() }))
const shape = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({ user: z.string(), sshKeys: list, certificates: list, serviceCredentials: list }),
])

export type CredentialsReading = z.infer<typeof shape>

/**
 * SSH keys, signing certificates and credentials for single services (Git, Keyspaces, Bedrock) are inactive: all three
 * can be switched, so nothing is lost. MFA devices stay: without password and keys they open nothing.
 */
export function credentialsRevoked(
  ground: GoalGround,
  subject: Subject,
  ref: IamRef,
  now: CredentialsReading,
): AccountGoal {
  const before = describe(now)
  const look = async () => standing(await readCredentials(ground, ref))
  return {
    kind: 'credentials-revoked',
    reach: 'api',
    summary: 'SSH keys, certificates and service credentials are inactive',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: before === '' ? [] : [{ what: 'Credentials', before, after: 'inactive' }],
    warnings: [],
    look,
    async bring() {
      await switchAll(ground, ref, false, () => true)
      await settle(ground, look)
    },
    undo: taken => credentialsGivenBack(ground, subject, ref, taken),
  }
}

export async function readCredentials({ iam }: GoalGround, ref: IamRef): Promise<CredentialsReading> {
  const user = await findIamUser(iam, ref)
  if (user === null) return { gone: true }
  const [sshKeys, certificates, serviceCredentials] = await Promise.all([
    iam.credentials(user.UserName, 'sshKeys'),
    iam.credentials(user.UserName, 'certificates'),
    iam.credentials(user.UserName, 'serviceCredentials'),
  ])
  return { user: user.UserName, sshKeys, certificates, serviceCredentials }
}

function describe(reading: CredentialsReading): string {
  if ('gone' in reading) return ''
  return kinds
    .flatMap(kind => {
      const count = reading[kind].filter(({ active }) => active).length
      return count === 0 ? [] : [`${count} ${words[kind][count === 1 ? 0 : 1]}`]
    })
    .join(', ')
}

function standing(reading: CredentialsReading): Standing {
  return { state: describe(reading) === '' ? 'holds' : 'not-yet', reading }
}

async function switchAll(
  ground: GoalGround,
  ref: IamRef,
  active: boolean,
  isMeant: (id: string) => boolean,
): Promise<boolean> {
  const { iam } = ground
  const user = await findIamUser(iam, ref)
  if (user === null) return false
  const end = deadlineOf(ground)
  await eachOf(
    kinds.map(kind => async () => {
      for (const one of await iam.credentials(user.UserName, kind)) {
        if (one.active === active || !isMeant(one.id)) continue
        await insist(ground, end, () => iam.switchCredential(user.UserName, kind, one.id, active))
      }
    }),
  )
  return true
}

function credentialsGivenBack(ground: GoalGround, subject: Subject, ref: IamRef, before: unknown): AccountGoal {
  const snapshot = shape.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which credentials ${subject.login} had`)
  const had = snapshot.data
  const wanted = new Set(
    'gone' in had ? [] : kinds.flatMap(kind => had[kind].filter(one => one.active).map(one => one.id)),
  )
  const look = async (): Promise<Standing> => {
    if (wanted.size === 0) return { state: 'holds', reading: had }
    const reading = await readCredentials(ground, ref)
    const active =
      'gone' in reading ? [] : kinds.flatMap(kind => reading[kind].filter(one => one.active).map(one => one.id))
    return { state: [...wanted].every(id => active.includes(id)) ? 'holds' : 'not-yet', reading }
  }
  return {
    kind: 'credentials-revoked',
    reach: 'api',
    summary: wanted.size === 0 ? 'Credentials stay as they were' : 'Credentials are active again',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: wanted.size === 0 ? [] : [{ what: 'Credentials', before: 'inactive', after: describe(had) }],
    warnings: [],
    look,
    async bring() {
      if (!(await switchAll(ground, ref, true, id => wanted.has(id)))) throw goneForGood(subject.login)
      await settle(ground, look)
    },
  }
}
