import { z } from 'zod'
import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { type Administration, administrationNeeds, administrationOf, foundAdministrators } from '../administration.ts'
import { type GoalGround, type Holder, portal } from '../ground.ts'

const shape = z.object({ administrators: z.array(z.string()) })

/**
 * The person administers the organization no more. Behind a provider that is a link between an administrator and the
 * organization, which the API takes away; an organization of its own shows no such link, and there a person has to.
 */
export function adminRolesDropped(tools: GoalGround, subject: Holder): ThingsGoal<Administration> {
  const { client, administrators, settings } = tools
  const { orgId: org } = settings
  const { login, account } = subject
  const byHand =
    org === undefined && foundAdministrators(subject).length > 0
      ? [
          `Admin Portal > Settings > Administrators: remove ${account.email || login}, or have their role changed.`,
          'The API of JumpCloud removes administrators behind a provider only.',
        ]
      : undefined
  const asAdministrator = { what: 'Administrator of the console', name: 'yes', without: 'no' }
  return goalOfThings<Administration, z.infer<typeof shape>>({
    kind: 'admin-roles-dropped',
    summary: 'Administration of the console is taken away',
    effect: 'reversible',
    needs: administrationNeeds,
    ...(byHand ? { reach: 'by-hand', byHand } : {}),
    read: moment => administrationOf(tools, subject, moment),
    things: ({ administrators: ids }, { all }) =>
      org === undefined
        ? ids.slice(0, 1).map(id => ({ ...asAdministrator, id, take: async () => undefined }))
        : ids.map(id => ({
            ...asAdministrator,
            id,
            take: () => client.unlink(id, org),
            give: all.includes(id) ? undefined : () => client.link(id, org),
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
      if (org === undefined || linked.length === 0) return undefined
      return async () => {
        const why = await administrators.untouchable(linked)
        return why === undefined ? undefined : `${login} in JumpCloud is not touched: ${why}.`
      }
    },
    shown: ({ administrators }) => ({ administrators }),
    ...(byHand
      ? {}
      : {
          back: {
            shape,
            what: `whether ${login} was an administrator`,
            place: portal,
            summary: had =>
              org === undefined || had.administrators.length === 0
                ? 'Administration stays as it was'
                : 'Administration of the console is given back',
          },
        }),
  })
}
