import type { AccountGoal } from '../../../core/account.ts'
import { partOf } from '../../../core/parts.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { isDefaultMethod } from '../graph-error.ts'
import { type GoalGround, guardOf, type Holder, isSynced } from '../ground.ts'
import { cannotGo, folderOf, goesSecond, type Method, type Methods, typeOf } from '../methods.ts'
import { randomPassword } from '../random-password.ts'
import { goalBelow, type Sending, type Sent, sendTogether } from '../sending.ts'
import { type GraphUser, isGuest, isNewer } from '../users.ts'
import { deleteMethod, setPassword } from '../write.ts'

interface Credentials extends Methods {
  user: GraphUser
}

const passwordId = 'password'

/** The password is one that nobody knows, and no other way to sign in is left. */
export function credentialsRevoked(ground: GoalGround, subject: Holder): AccountGoal<Credentials, Sent> {
  const { account, readings } = subject
  const { graph } = ground
  const owner = isSynced(account) ? 'Active Directory' : isGuest(account) ? 'their home tenant' : undefined
  const isNew = (user: GraphUser) => owner !== undefined || isNewer(user, account, 'passwordChangedAt')

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
      ...cannotGo(methods),
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
