import { randomBytes } from 'node:crypto'
import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { notSeen, partOf } from '../../../core/parts.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { rememberSecret } from '../../../core/redact.ts'
import { overApi } from '../../../core/things.ts'
import { isDefaultMethod } from '../graph-error.ts'
import { folderOf, goesSecond, type Method, type Methods, typeOf } from '../methods.ts'
import { type GraphUser, isGuest } from '../users.ts'
import { deleteMethod, setPassword } from '../write.ts'
import {
  change,
  type GoalGround,
  guardOf,
  type Holder,
  isSynced,
  replicationMs,
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
  const isNew = ({ user }: Credentials) => owner !== undefined || passwordIsNew(user, account.asFound)
  const isClean = (value: Credentials) => isNew(value) && !value.methods.some(one => folderOf(one) !== undefined)

  function changesOf(value: Credentials): Sent[] {
    const methods = value.methods.flatMap(method => {
      const folder = folderOf(method)
      if (folder === undefined) return []
      const make = () => deleteMethod(account.id, folder, method.id)
      return [change(method.id, 'Sign-in methods', typeOf(method), 'none', make)]
    })
    return [...(isNew(value) ? [] : [change(passwordId, 'Password', 'theirs', 'random')]), ...methods]
  }

  return {
    kind: 'credentials-revoked',
    ...overApi,
    summary:
      owner === undefined
        ? 'The password is random, and other sign-in methods are removed'
        : 'Sign-in methods are removed',
    effect: 'irreversible',
    needs: ['user', 'methods'],
    touches: changes => [...new Set(changes.map(({ id }) => (id === passwordId ? 'user' : 'methods')))],
    async read(moment) {
      const [user, methods] = await Promise.all([readings.user(moment), partOf(readings.methods(moment))])
      if (user === null) return goneReading
      if (methods.error !== undefined) throw methods.error
      const value = { user, ...methods.value }
      if (value.external.error !== undefined && isClean(value)) throw value.external.error
      return seen(value)
    },
    holds: value => isClean(value) && value.external.error === undefined,
    changes: changesOf,
    warnings: ({ external }) => notSeen({ 'Sign-in methods of outside providers': external }),
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
      const methods = changes.filter(({ make }) => make !== undefined)
      const second = methods.filter(one => goesSecond(one, methods))
      const first = methods.filter(one => !second.includes(one))
      return [
        ...(await oneByOne(() => graph.write(setPassword(account.id, randomPassword())))(
          changes.filter(({ make }) => make === undefined),
        )),
        // Graph refuses to delete the default method before the others, and does not say which one it is.
        ...(await sendTogether(graph, first, isDefaultMethod)),
        ...(await sendTogether(graph, second, isDefaultMethod)),
      ]
    },
    settlesWithin: replicationMs,
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
