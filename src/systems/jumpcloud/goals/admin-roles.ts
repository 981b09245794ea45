import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { partOf } from '../../../core/parts.ts'
import { goneReading, seen, unseen } from '../../../core/reading.ts'
import { type Act, goalOfThings } from '../../../core/things.ts'
import { type GoalGround, type Holder, portal, userOf } from './ground.ts'

/** Ids of the person's administrator accounts that are linked to the organization. */
const shape = z.object({ administrators: z.array(z.string()) })
type Had = z.infer<typeof shape>

interface Administration extends Had {
  /** Everybody's who is linked; to give back what is not there any more. */
  all: readonly string[]
  /** How many other organizations they administer; null where that is not shown. */
  elsewhere: number | null
}

/**
 * The person administers the organization no more. Behind a provider that is a link between an administrator and the
 * organization, which the API takes away; an organization of its own shows no such link, and there a person has to.
 */
export function adminRolesDropped(tools: GoalGround, subject: Holder): AccountGoal<Administration, Act> {
  const { client, administrators, settings } = tools
  const { orgId: org } = settings
  /** Who they were when they were found: deleting a user leaves their administrator account as it was. */
  const asFound = subject.account.asFound?.administrators
  const found = (asFound ?? '').split(',').filter(id => id !== '')
  /** Of whom nobody knows whether they had one. */
  const unknown = () =>
    asFound === undefined
      ? unseen(
          'not-shown',
          `The account is gone, and whether ${subject.login} was an administrator of the console was not seen before.`,
          'Look in the Admin Portal, at Settings > Administrators.',
        )
      : goneReading
  const base = {
    kind: 'admin-roles-dropped',
    summary: 'Administration of the console is taken away',
    needs: ['user', 'administrators', 'links', 'elsewhere'],
    shown: ({ administrators }: Administration) => ({ administrators }),
  } as const
  const back = { shape, what: `whether ${subject.login} was an administrator`, place: portal }
  const asAdministrator = { what: 'Administrator of the console', name: 'yes', without: 'no' }

  if (org === undefined) {
    const byHand = [
      `Admin Portal > Settings > Administrators: remove ${subject.account.email || subject.login}, or have their role changed.`,
      'The API of JumpCloud removes administrators behind a provider only.',
    ]
    return goalOfThings<Administration, Had>({
      ...base,
      effect: 'reversible',
      ...(found.length > 0 ? { reach: 'by-hand', byHand } : {}),
      async read(moment) {
        const user = await userOf(tools, subject, moment)
        if (user === null && found.length === 0) return unknown()
        const linked = await moment.read('administrators', () =>
          user === null ? stillHere(tools, found) : administrators.of(user),
        )
        if (user === null && linked.length === 0) return goneReading
        return seen({ administrators: linked, all: linked, elsewhere: 0 })
      },
      things: ({ administrators: [id] }) =>
        id === undefined ? [] : [{ ...asAdministrator, id, take: async () => undefined }],
      ...(found.length > 0 ? {} : { back: { ...back, summary: () => 'Administration stays as it was' } }),
    })
  }

  return goalOfThings<Administration, Had>({
    ...base,
    async read(moment) {
      const user = await userOf(tools, subject, moment)
      const now = user === null ? [] : await moment.read('administrators', () => administrators.of(user))
      const known = [...new Set([...found, ...now])]
      if (known.length === 0) return user === null ? unknown() : seen({ administrators: [], all: [], elsewhere: 0 })
      const all = await moment.read('links', () => client.administratorsOf(org))
      const others = await moment.read('elsewhere', () => partOf(Promise.all(known.map(client.organizationsFor))))
      const linked = all.filter(id => known.includes(id))
      if (user === null && linked.length === 0) return goneReading
      const elsewhere = others.value ? new Set(others.value.flat().filter(id => id !== org)).size : null
      return seen({ administrators: linked, all, elsewhere })
    },
    things: ({ administrators: ids }, { all }) =>
      ids.map(id => ({
        ...asAdministrator,
        id,
        take: () => client.unlink(id, org),
        ...(all.includes(id) ? {} : { give: () => client.link(id, org) }),
      })),
    residual: ({ elsewhere }) => {
      if (elsewhere === null)
        return ['Whether they administer other organizations of the provider, too, could not be read.']
      return elsewhere === 0
        ? []
        : [`They administer other organizations of the provider, too: ${elsewhere}. Only this one is taken.`]
    },
    // Asked again in turn: side by side, somebody else may have left meanwhile.
    guard(now) {
      const linked = now?.administrators ?? []
      if (linked.length === 0) return undefined
      return async () => {
        const why = await administrators.untouchable(linked)
        return why === undefined ? undefined : `${subject.login} in JumpCloud is not touched: ${why}.`
      }
    },
    back: {
      ...back,
      summary: had =>
        had.administrators.length === 0
          ? 'Administration stays as it was'
          : 'Administration of the console is given back',
    },
  })
}

/** Of these administrators, who is one of the organization now. */
async function stillHere({ client }: GoalGround, ids: readonly string[]): Promise<string[]> {
  const now = new Set((await client.administratorsHere()).map(({ id }) => id))
  return ids.filter(id => now.has(id))
}
