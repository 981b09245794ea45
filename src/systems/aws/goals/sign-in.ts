import { goalOfThings, type Thing, type ThingsGoal, takeUnseen } from '../../../core/things.ts'
import { askFor, gaveUpOn, joinGroup, ownAssignment, type SeenAssignment } from '../assignments.ts'
import { deny, denyById, undeny } from '../denial.ts'
import { unlessGone } from '../error.ts'
import { notShown, seenInParts, unseenChanges } from '../gather.ts'
import { directoryOf, type GoalGround, type Holder, settleMs } from '../ground.ts'
import { signInNeeds } from '../looks.ts'
import { residualOf } from '../residual.ts'
import { returnWarnings } from '../return-warnings.ts'
import { centerIn, iamIn, openIn, readSignIn, type SignInReading, signInShape } from '../sign-in-reading.ts'

/**
 * The IAM user is denied everything, has no password and no active key; the Identity Center user may open no account.
 * An Identity Center user cannot be disabled over the API (`UserStatus` is read only), and disabling alone would let an
 * open session of the portal go on (AWS, "Revoke active IAM role sessions"): what keeps them out is that nothing is
 * assigned to them, nor to a group of theirs. Keys, assignments and groups come back; the password cannot.
 */
export function signInBlocked(ground: GoalGround, subject: Holder): ThingsGoal<SignInReading> {
  const { iam: ref, center } = subject.parts
  /** Then the deny by the id is still to be sent. */
  const isNameless = ({ iam }: SignInReading) => ref !== undefined && iam === undefined
  return goalOfThings<SignInReading>({
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    needs: [...signInNeeds, 'memberships'],
    read: async moment => seenInParts(await readSignIn(ground, subject, moment)),
    unobservable: value => notShown(value, openIn(value).length > 0 || isNameless(value)),
    waitsFor: value => {
      const why = centerIn(value)?.assignments?.find(({ gaveUp }) => gaveUp !== undefined)?.gaveUp
      return why === undefined ? undefined : gaveUpOn('deletion', why)
    },
    // The deny comes first, and is lifted last: it holds against what the rest of it may miss.
    things: (had, now) => [...iamThings(ground, subject, had, now), ...centerThings(ground, subject, had, now)],
    unseen: unseenChanges,
    warnings: value => [
      ...returnWarnings(iamIn(value), centerIn(value)),
      ...(iamIn(value)?.consolePassword
        ? ['The console password is deleted; to come back, the IAM user needs a new one.']
        : []),
    ],
    residual: residualOf,
    ...(ref
      ? {
          anyway: () => takeUnseen([thing('deny', 'not seen', policies, { take: () => denyById(ground.iam, ref) })]),
        }
      : {}),
    settlesWithin: center ? Math.max(settleMs, ground.waitMs) : settleMs,
    back: {
      shape: signInShape,
      what: `how ${subject.login} could sign in`,
      place: 'the console',
      summary: had => (openIn(had).length === 0 ? 'Sign-in stays as it was' : 'Sign-in is allowed again'),
      warnings: had =>
        iamIn(had)?.consolePassword ? ['The console password does not come back: give a new one in IAM > Users.'] : [],
      reversed: true,
    },
  })
}

const policies = ['iam user', 'attached policies', 'inline policies', 'deny document']
const given = ['assignments', 'memberships']

function thing(id: string, name: string, shows: readonly string[], acts: Pick<Thing, 'take' | 'give'>): Thing {
  return { id, what: 'Sign-in', name, without: 'blocked', shows, ...acts }
}

function iamThings({ iam }: GoalGround, { parts }: Holder, all: SignInReading, allNow: SignInReading): Thing[] {
  const { iam: ref } = parts
  if (ref === undefined) return []
  // Nobody knows who has the name by now: then only the one with this id is denied.
  if (all.iam === undefined) return [thing('deny', 'IAM user not seen', policies, { take: () => denyById(iam, ref) })]
  const [had, now] = [iamIn(all), iamIn(allNow)]
  if (had === undefined || now === undefined) return []
  const { user } = now
  const give = had.deniedBy === null && now.deniedBy ? () => undeny(iam, user) : undefined
  const switchKey = (id: string, active: boolean) => iam.switchCredential(user, 'accessKeys', id, active)
  const isThere = (id: string) => now.accessKeys?.some(key => key.id === id)
  return [
    ...(had.deniedBy ? [] : [thing('deny', 'IAM user not denied', policies, { take: () => deny(iam, user), give })]),
    ...(had.accessKeys ?? [])
      .filter(({ active }) => active)
      .map(({ id }) =>
        thing(`key ${id}`, `access key ${id}`, ['iam user', 'accessKeys'], {
          take: () => unlessGone(switchKey(id, false)),
          give: isThere(id) ? () => switchKey(id, true) : undefined,
        }),
      ),
    // One that could not be seen may be there; that there is none is no refusal.
    ...(had.consolePassword === false
      ? []
      : [
          thing('password', 'console password', ['iam user', 'console password'], {
            take: () => unlessGone(iam.deletePassword(user)),
          }),
        ]),
  ]
}

/** Groups first: that takes effect at once. */
function centerThings(
  ground: GoalGround,
  { parts: { center: person }, requests }: Holder,
  had: SignInReading,
  now: SignInReading,
): Thing[] {
  if (person === undefined) return []
  const { userId } = person
  const all = centerIn(had)?.assignments ?? []
  const directory = () => directoryOf(ground, person)
  const isShown = centerIn(now)?.assignments !== undefined
  const own = all.filter(({ group }) => group === undefined)
  const groups = new Set(all.flatMap(({ group }) => group?.id ?? []))
  return [
    ...[...groups].map(id => {
      const through = all.filter(({ group }) => group?.id === id)
      return thing(`group ${id}`, [...new Set(through.map(nameOf))].join(', '), given, {
        async take() {
          const center = await directory()
          const [seen] = through.flatMap(({ membershipId }) => (membershipId === undefined ? [] : [membershipId]))
          // What was not seen is looked for again: taken for none, it would count as sent.
          const found = seen === undefined ? await center.memberships(userId) : []
          const membership = seen ?? found.find(({ groupId }) => groupId === id)?.id
          // Who left meanwhile has no membership; that the assignment is still shown then is for the next look.
          if (membership !== undefined) await unlessGone(center.leaveGroup(membership))
        },
        give: isShown ? async () => joinGroup(await directory(), id, userId) : undefined,
      })
    }),
    ...own.map(one => {
      const ask = async (what: 'deletion' | 'creation') =>
        askFor(what, ownAssignment(userId, one), await directory(), requests)
      return thing(`assignment ${one.account} ${one.permissionSetArn}`, nameOf(one), given, {
        take: () => ask('deletion'),
        give: isShown ? () => ask('creation') : undefined,
      })
    }),
  ]
}

function nameOf({ permissionSet, account }: SeenAssignment): string {
  return `${permissionSet} in ${account}`
}
