import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { rememberSecret } from '../../../core/redact.ts'
import { path } from '../../../http/client.ts'
import { eachOf } from '../../../http/each-of.ts'
import { isDefaultMethod, isNotFound } from '../graph-error.ts'
import type { GraphUser } from '../users.ts'
import { deleteMethod, setPassword } from '../write.ts'
import { type Ground, gone, type Subject, settled, standing } from './ground.ts'
import { isLater } from './sessions.ts'
import { isSynced } from './sign-in.ts'

const methodSchema = z.object({
  '@odata.type': z.string(),
  id: z.string().min(1),
  displayName: z.string().nullish(),
})

export type Method = z.infer<typeof methodSchema>

/** Where each kind is deleted (learn.microsoft.com/graph/api/resources/authenticationmethods-overview, v1.0). */
const folders: Readonly<Record<string, string>> = {
  email: 'emailMethods',
  fido2: 'fido2Methods',
  microsoftAuthenticator: 'microsoftAuthenticatorMethods',
  phone: 'phoneMethods',
  platformCredential: 'platformCredentialMethods',
  softwareOath: 'softwareOathMethods',
  temporaryAccessPass: 'temporaryAccessPassMethods',
  windowsHelloForBusiness: 'windowsHelloForBusinessMethods',
}

export function readMethods({ graph }: Ground, userId: string): Promise<Method[]> {
  return graph.list(path`/users/${userId}/authentication/methods`, methodSchema)
}

/** The password is one that nobody knows, and no other way to sign in is left. */
export function credentialsRevoked(ground: Ground, subject: Subject, before: readonly Method[]): AccountGoal {
  const { account, now } = subject
  const synced = isSynced(subject)
  const look = async (): Promise<Standing> => {
    const user = await ground.users.user(account.id)
    if (user === null) return gone
    const methods = await readMethods(ground, account.id)
    const password = synced || passwordIsNew(user, account.asFound)
    return standing(password && methods.every(one => !isRemovable(one)), {
      passwordChanged: synced ? 'in Active Directory' : (user.lastPasswordChangeDateTime ?? null),
      methods: methods.map(typeOf).filter(type => type !== 'password'),
    })
  }
  const bring = async () => {
    await settled(
      ground,
      () =>
        ground.guarded(account.id, async user => {
          const isOld = !synced && !passwordIsNew(user, account.asFound)
          // An application may not be let to set the password of an administrator; the methods go all the same.
          await eachOf([
            async () => isOld && (await ground.graph.write(setPassword(user.id, randomPassword()))),
            () => removeMethods(ground, user.id),
          ])
        }),
      look,
    )
  }
  const removable = before.filter(isRemovable).map(typeOf)
  const left = before.filter(one => !isRemovable(one) && typeOf(one) !== 'password').map(typeOf)
  const password = !synced && now !== null && !passwordIsNew(now, account.asFound)
  return {
    kind: 'credentials-revoked',
    reach: 'api',
    summary: synced ? 'Sign-in methods are removed' : 'The password is random, and other sign-in methods are removed',
    effect: 'irreversible',
    repeatable: true,
    after: [],
    differences: [
      ...(password ? [{ what: 'Password', before: 'theirs', after: 'random' }] : []),
      ...(removable.length > 0 ? [{ what: 'Sign-in methods', before: removable.join(', '), after: 'none' }] : []),
    ],
    warnings: [],
    ...residualOf([
      ...(synced ? ['The password belongs to Active Directory: it is changed there.'] : []),
      ...left.map(
        type => `The sign-in method ${type} cannot be removed over Graph v1.0: remove it in the Entra admin center.`,
      ),
    ]),
    look,
    bring,
  }
}

function residualOf(residual: readonly string[]) {
  return residual.length === 0 ? {} : { residual }
}

/** Changed since the account was found; or nobody could use it since, as it was blocked already. */
function passwordIsNew(user: GraphUser, found: Readonly<Record<string, string>> = {}): boolean {
  if (found.active === 'false' && !user.accountEnabled) return true
  return isLater(user.lastPasswordChangeDateTime, found.passwordChangedAt)
}

/** Graph refuses to delete the default method before the others, and does not say which one it is: so it goes last. */
async function removeMethods(ground: Ground, userId: string): Promise<void> {
  for (;;) {
    const methods = (await readMethods(ground, userId)).filter(isRemovable)
    let refusal: unknown
    let removed = 0
    for (const method of methods) {
      try {
        await ground.graph.write(deleteMethod(userId, folders[typeOf(method)] ?? '', method.id))
        removed += 1
      } catch (error) {
        if (isNotFound(error)) continue
        if (!isDefaultMethod(error)) throw error
        refusal = error
      }
    }
    if (refusal === undefined) return
    if (removed === 0) throw refusal
  }
}

/** `#microsoft.graph.phoneAuthenticationMethod` is `phone`. */
function typeOf(method: Method): string {
  return method['@odata.type'].replace(/^#microsoft\.graph\./, '').replace(/(?:Authentication)?Method$/, '')
}

function isRemovable(method: Method): boolean {
  return folders[typeOf(method)] !== undefined
}

function randomPassword(): string {
  // 43 characters of 64, and one of each class that a policy may want.
  const password = `${randomBytes(32).toString('base64url')}aZ7!`
  rememberSecret(password)
  return password
}
