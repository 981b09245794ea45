import { goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import {
  activeIn,
  type CredentialsHad,
  type CredentialsReading,
  credentialKinds,
  credentialsShape,
  readCredentials,
} from '../credentials-reading.ts'
import { unlessGone } from '../error.ts'
import { notShown, unseenChanges } from '../gather.ts'
import { type GoalGround, type Holder, settleMs } from '../ground.ts'
import { looksAt } from '../looks.ts'

/**
 * SSH keys, signing certificates and credentials for single services (Git, Keyspaces, Bedrock) are inactive: all three
 * can be switched, so nothing is lost. MFA devices stay: without password and keys they open nothing.
 */
export function credentialsRevoked(ground: GoalGround, subject: Holder): ThingsGoal<CredentialsReading> {
  const { iam } = ground
  return goalOfThings<CredentialsReading, CredentialsHad>({
    kind: 'credentials-revoked',
    summary: 'SSH keys, certificates and service credentials are inactive',
    needs: ['iam user', ...credentialKinds, 'mfa devices'],
    read: moment => looksAt(ground, subject.parts, moment).below(readCredentials),
    unobservable: now => notShown(now, activeIn(now).length > 0),
    things: (had, now) =>
      activeIn(had).map(
        ({ kind, id, name }): Thing => ({
          id: `${kind} ${id}`,
          what: 'Credentials',
          name,
          without: 'inactive',
          take: () => unlessGone(iam.switchCredential(now.user, kind, id, false)),
          // One that was deleted meanwhile cannot be switched.
          give: now[kind]?.some(one => one.id === id)
            ? () => iam.switchCredential(now.user, kind, id, true)
            : undefined,
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
      shape: credentialsShape,
      what: `which credentials ${subject.login} had`,
      place: 'the console',
      summary: had => (activeIn(had).length === 0 ? 'Credentials stay as they were' : 'Credentials are active again'),
    },
  })
}
