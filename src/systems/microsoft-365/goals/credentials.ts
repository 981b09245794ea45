import { randomBytes } from 'node:crypto'
import type { AccountGoal } from '../../../core/account.ts'
import { partOf } from '../../../core/parts.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { rememberSecret } from '../../../core/redact.ts'
import type { Thing } from '../../../core/things.ts'
import { isDefaultMethod } from '../graph-error.ts'
import { folderOf, goesSecond, type Method, type Methods, typeOf } from '../methods.ts'
import { type GraphUser, isGuest } from '../users.ts'
import { deleteMethod, setPassword } from '../write.ts'
import {
  type GoalGround,
  goalBelow,
  guardOf,
  type Holder,
  isSynced,
  type Sending,
  type Sent,
  sendTogether,
} from './ground.ts'
import { isLater } from './sessions.ts'

interface Credentials extends Methods {
  user: GraphUser
}

const passwordId = 'password'

/** The password is one that nobody knows, and no other way to sign in is left. */
export function credentialsRevoked(ground: GoalGround, subject: Holder): AccountGoal<Credentials, Sent> {
  const { account, readings } = subject
  const { graph } = ground
  const owner = isSynced(account) ? 'Active Directory' : isGuest(account) ? 'their home tenant' : undefined
  const isNew = (user: GraphUser) => owner !== undefined || passwordIsNew(user, account.asFound)

  return goalBelow<Credentials>(ground, subject, {
    kind: 'credentials-revoked',
    summary:
      owner === undefined
        ? 'The password is random, and other sign-in methods are removed'
        : 'Sign-in methods are removed',
    needs: ['user', 'methods'],
    shows: ['methods'],
    async read(moment) {
      const [user, methods] = await Promise.all([readings.user(moment), partOf(readings.methods(moment))])
      if (user === null) return goneReading
      if (methods.error !== undefined) throw methods.error
      return seen({ user, ...methods.value })
    },
    parts: ({ external }) => ({ 'Sign-in methods of outside providers': external }),
    things: ({ user, methods }) => [...(isNew(user) ? [] : [passwordThing()]), ...methods.flatMap(methodThing)],
    residual: ({ methods }) => [
      ...(owner === undefined ? [] : [`The password belongs to ${owner}: it is changed there.`]),
      ...methods.filter(isLeft).map(cannotGo),
    ],
    shown: ({ user, methods }) => ({
      passwordChanged: owner === undefined ? (user.lastPasswordChangeDateTime ?? null) : `in ${owner}`,
      methods: methods.map(typeOf).filter(type => type !== 'password'),
    }),
    guard: () => guardOf(ground, subject, true),
    async take(changes) {
      const methods = changes.filter(({ id }) => id !== passwordId)
      const second = methods.filter(one => goesSecond(one, methods))
      const first = methods.filter(one => !second.includes(one))
      return [
        ...(await sendTogether(
          graph,
          changes.filter(({ id }) => id === passwordId),
        )),
        // Graph refuses to delete the default method before the others, and does not say which one it is.
        ...(await sendTogether(graph, first, isDefaultMethod)),
        ...(await sendTogether(graph, second, isDefaultMethod)),
      ]
    },
  })

  function passwordThing(): Thing<Sending> {
    const ask = () => graph.write(setPassword(account.id, randomPassword()))
    return { id: passwordId, what: 'Password', name: 'theirs', without: 'random', take: { ask }, shows: ['user'] }
  }

  function methodThing(method: Method): Thing<Sending>[] {
    const folder = folderOf(method)
    if (folder === undefined) return []
    const take = () => deleteMethod(account.id, folder, method.id)
    return [{ id: method.id, what: 'Sign-in methods', name: typeOf(method), take }]
  }
}

function isLeft(method: Method): boolean {
  return folderOf(method) === undefined && typeOf(method) !== 'password'
}

function cannotGo(method: Method): string {
  return `The sign-in method ${typeOf(method)} cannot be removed over Graph v1.0: remove it in the Entra admin center.`
}

/** Changed since the account was found; or nobody could use it since, as it was blocked already. */
function passwordIsNew(user: GraphUser, found: Readonly<Record<string, string>> = {}): boolean {
  if (found.active === 'false' && !user.accountEnabled) return true
  return isLater(user.lastPasswordChangeDateTime, found.passwordChangedAt)
}

function randomPassword(): string {
  // 43 characters of 64, and one of each class that a policy may want.
  const password = `${randomBytes(32).toString('base64url')}aZ7!`
  rememberSecret(password)
  return password
}
