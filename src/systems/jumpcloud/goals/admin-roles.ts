import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { unlessForbidden } from '../administrators.ts'
import { common, type OrganizationTools, portal, type Subject, userOf } from './ground.ts'

const shape = z.object({ administrators: z.array(z.string()) })
type Had = z.infer<typeof shape>

interface Administration {
  /** Ids of the person's administrator accounts that are linked to the organization. */
  linked: readonly string[]
  /** Everybody's who is linked; to give back what is not there any more. */
  all: readonly string[]
  /** How many other organizations they administer. */
  elsewhere: number
}

const asAdministrator = (id: string, before: string, after: string): Change => ({
  id,
  what: 'Administrator of the console',
  before,
  after,
})

/**
 * The person administers the organization no more. Behind a provider that is a link between an administrator and the
 * organization, which the API takes away; an organization of its own shows no such link, and there a person has to.
 */
export function adminRolesDropped(tools: OrganizationTools, subject: Subject): AccountGoal<Administration> {
  const { client, administrators, settings } = tools
  const { orgId: org } = settings
  /** Who they were when they were found: deleting a user leaves their administrator account as it was. */
  const found = (subject.account.asFound?.administrators ?? '').split(',').filter(id => id !== '')
  const base = {
    ...common,
    kind: 'admin-roles-dropped',
    summary: 'Administration of the console is taken away',
    needs: ['user', 'administrators', 'links', 'elsewhere'],
    holds: ({ linked }) => linked.length === 0,
    shown: ({ linked }) => ({ administrators: linked }),
  } satisfies Partial<AccountGoal<Administration>>

  if (org === undefined) {
    const byHand = [
      `Admin Portal > Settings > Administrators: remove ${subject.account.email || subject.login}, or have their role changed.`,
      'The API of JumpCloud removes administrators behind a provider only.',
    ]
    return {
      ...base,
      ...(found.length > 0 ? { reach: 'by-hand', byHand } : {}),
      async read(moment) {
        const user = await userOf(tools, subject, moment)
        if (user === null) return goneReading
        const linked = await moment.read('administrators', () => administrators.of(user))
        return seen({ linked, all: linked, elsewhere: 0 })
      },
      changes: ({ linked }) => (linked[0] === undefined ? [] : [asAdministrator(linked[0], 'yes', 'no')]),
      take: async () => [],
      ...(found.length > 0
        ? {}
        : {
            back: {
              shape,
              what: `whether ${subject.login} was an administrator`,
              place: portal,
              summary: () => 'Administration stays as it was',
              isBack: () => true,
              changes: () => [],
              give: async () => [],
            },
          }),
    }
  }

  const missing = (had: Had, { all }: Administration) => had.administrators.filter(id => !all.includes(id))
  return {
    ...base,
    async read(moment) {
      const user = await userOf(tools, subject, moment)
      const now = user === null ? [] : await moment.read('administrators', () => administrators.of(user))
      const known = [...new Set([...found, ...now])]
      if (known.length === 0) return user === null ? goneReading : seen({ linked: [], all: [], elsewhere: 0 })
      const all = await moment.read('links', () => client.administratorsOf(org))
      const others = await moment.read('elsewhere', () =>
        unlessForbidden(Promise.all(known.map(client.organizationsFor)), []),
      )
      const linked = all.filter(id => known.includes(id))
      if (user === null && linked.length === 0) return goneReading
      return seen({ linked, all, elsewhere: new Set(others.flat().filter(id => id !== org)).size })
    },
    changes: ({ linked }) => linked.map(id => asAdministrator(id, 'yes', 'no')),
    residual: ({ elsewhere }) =>
      elsewhere === 0
        ? []
        : [`They administer other organizations of the provider, too: ${elsewhere}. Only this one is taken.`],
    // Asked again in turn: side by side, somebody else may have left meanwhile.
    guard(now) {
      if (now === undefined || now.linked.length === 0) return undefined
      return async () => {
        const why = await administrators.untouchable(now.linked)
        return why === undefined ? undefined : `${subject.login} in JumpCloud is not touched: ${why}.`
      }
    },
    take: oneByOne(({ id }) => client.unlink(id, org)),
    back: {
      shape,
      what: `whether ${subject.login} was an administrator`,
      place: portal,
      summary: (had: Had) =>
        had.administrators.length === 0
          ? 'Administration stays as it was'
          : 'Administration of the console is given back',
      isBack: (had: Had, now) => missing(had, now).length === 0,
      changes: (had: Had, now) => missing(had, now).map(id => asAdministrator(id, 'no', 'yes')),
      give: oneByOne(({ id }) => client.link(id, org)),
    },
  }
}
