import type { Moment } from '../../core/moment.ts'
import { type Reading, seenBelow } from '../../core/reading.ts'
import type { Parts } from './account-id.ts'
import { denialName, deniesAll, isDenyAll } from './denial.ts'
import { directoryOf, findCenterUser, findIamUser, type GoalGround } from './ground.ts'
import type { AttachedPolicy, Credential, CredentialKind, IamUser } from './iam.ts'
import type { Assignment, CenterUser, Membership } from './identity-center.ts'

/** Names of the readings, for the `needs` of goals. */
export const signInNeeds = [
  'iam user',
  'attached policies',
  'inline policies',
  'deny document',
  'console password',
  'accessKeys',
  'identity center user',
  'assignments',
]

export interface Denial {
  user: IamUser
  /** The name of the policy that denies everything; null where there is none. */
  deniedBy: string | null
}

export type Looks = ReturnType<typeof looksAt>
export type LooksBelow = Omit<Looks, 'below'>

/** The readings that goals share, by name: each is asked for once in a moment. */
export function looksAt(ground: GoalGround, parts: Parts, moment: Moment) {
  const { iam } = ground
  const { iam: ref, center: person } = parts
  const user = () => moment.read('iam user', async (): Promise<IamUser | null> => (ref ? findIamUser(iam, ref) : null))
  const attached = (name: string) =>
    moment.read('attached policies', (): Promise<AttachedPolicy[]> => iam.attachedPolicies(name))
  const inline = (name: string) => moment.read('inline policies', (): Promise<string[]> => iam.inlinePolicies(name))

  const looks = {
    user,
    attached,
    inline,
    /** By which policy everything is denied to the user. The one that is named like ours counts for what it says. */
    async deniedBy(name: string): Promise<string | null> {
      const [own, managed] = await Promise.all([inline(name), attached(name)])
      if (own.includes(denialName)) {
        const text = await moment.read('deny document', () => iam.inlinePolicy(name, denialName))
        if (text !== undefined && deniesAll(text)) return denialName
      }
      return managed.find(({ arn }) => isDenyAll(arn))?.name ?? null
    },
    document: (name: string, policy: string) =>
      moment
        .read('policy documents', async () => new Map<string, Promise<string | undefined>>())
        .then(kept => {
          const asked = kept.get(policy) ?? iam.inlinePolicy(name, policy)
          kept.set(policy, asked)
          return asked
        }),
    password: (name: string) => moment.read('console password', (): Promise<boolean> => iam.hasPassword(name)),
    credentials: (name: string, kind: CredentialKind) =>
      moment.read(kind, (): Promise<Credential[]> => iam.credentials(name, kind)),
    mfaDevices: (name: string) => moment.read('mfa devices', (): Promise<string[]> => iam.mfaDevices(name)),
    groups: (name: string) => moment.read('iam groups', (): Promise<string[]> => iam.groups(name)),

    centerUser: () =>
      moment.read('identity center user', async (): Promise<CenterUser | null> => {
        return person ? findCenterUser(await directoryOf(ground, person), person) : null
      }),
    assignments: () =>
      moment.read('assignments', async (): Promise<Assignment[]> => {
        return person ? (await directoryOf(ground, person)).assignments(person.userId) : []
      }),
    memberships: () =>
      moment.read('memberships', async (): Promise<Membership[]> => {
        return person ? (await directoryOf(ground, person)).memberships(person.userId) : []
      }),
    applications: () =>
      moment.read('applications', async (): Promise<string[]> => {
        return person ? (await directoryOf(ground, person)).applications(person.userId) : []
      }),
  }
  return {
    ...looks,
    /** A reading below the IAM user, by its name of now; of one that is gone there is none. */
    below: <R>(read: (user: string, from: typeof looks) => Promise<R>): Promise<Reading<R>> =>
      seenBelow(user(), ({ UserName }) => read(UserName, looks)),
  }
}
