import { z } from 'zod'
import { K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { unlessForbidden } from '../administrators.ts'
import { common, forEach, type GoalGround, gone, notASnapshot, type Subject } from './ground.ts'

const snapshot = z.union([z.object({ gone: z.literal(true) }), z.object({ administrators: z.array(z.string()) })])

/**
 * The person administers the organization no more. Behind a provider that is a link between an administrator and the
 * organization, which the API takes away; an organization of its own shows no such link, and there a person has to.
 */
export async function adminRolesDropped(ground: GoalGround, subject: Subject): Promise<AccountGoal> {
  const { client, administrators, settings } = ground
  const { orgId } = settings
  const ids = subject.now === null ? [] : await unlessForbidden(administrators.of(subject.now), [])
  const base = {
    ...common,
    kind: 'admin-roles-dropped',
    summary: 'Administration of the console is taken away',
  } as const
  const differences = [{ what: 'Administrator of the console', before: 'yes', after: 'no' }]

  if (orgId === undefined) {
    const look = async (): Promise<Standing> => {
      const user = await client.user(subject.id)
      if (user === null) return gone
      const left = await administrators.of(user)
      return { state: left.length === 0 ? 'holds' : 'not-yet', reading: { administrators: left } }
    }
    const byHand = [
      `Admin Portal > Settings > Administrators: remove ${subject.now?.email ?? subject.login}, or have their role changed.`,
      'The API of JumpCloud removes administrators behind a provider only.',
    ]
    return ids.length === 0
      ? { ...base, differences: [], look, bring: async () => {}, undo: nothingToGiveBack }
      : { ...base, reach: 'by-hand', differences, byHand, look }
  }

  const org = orgId
  const links = ids.length === 0 ? [] : await unlessForbidden(client.administratorsOf(org), [])
  const linked = links.filter(id => ids.includes(id))
  const others = await unlessForbidden(Promise.all(ids.map(client.organizationsFor)), [])
  const elsewhere = others.flat().filter(id => id !== org)

  async function look(): Promise<Standing> {
    const user = await client.user(subject.id)
    // Deleting a user leaves their administrator account as it was.
    const known = user === null ? ids : [...new Set([...ids, ...(await administrators.of(user))])]
    const left = known.length === 0 ? [] : (await client.administratorsOf(org)).filter(id => known.includes(id))
    const reading = user === null && left.length === 0 ? { gone: true } : { administrators: left }
    return { state: left.length === 0 ? 'holds' : 'not-yet', reading }
  }

  return {
    ...base,
    residual:
      elsewhere.length === 0
        ? []
        : [
            `They administer other organizations of the provider, too: ${new Set(elsewhere).size}. Only this one is taken.`,
          ],
    differences: linked.length > 0 ? differences : [],
    look,
    async bring() {
      const user = await client.user(subject.id)
      const known = user === null ? ids : await administrators.of(user)
      // Asked again: side by side, somebody else may have left meanwhile.
      const why = await administrators.untouchable(known)
      if (why !== undefined) throw new K1Error('refused', `${subject.login} in JumpCloud is not touched: ${why}.`)
      const left = (await client.administratorsOf(org)).filter(id => known.includes(id))
      await forEach(
        left,
        id => id,
        id => client.unlink(id, org),
      )
    },
    undo: before => administrationGivenBack(ground, subject, org, before),
  }
}

function nothingToGiveBack(before: unknown): AccountGoal {
  return {
    ...common,
    kind: 'admin-roles-dropped',
    summary: 'Administration stays as it was',
    differences: [],
    look: async () => ({ state: 'holds', reading: before }),
    async bring() {},
  }
}

function administrationGivenBack(
  { client }: GoalGround,
  { login }: Subject,
  orgId: string,
  before: unknown,
): AccountGoal {
  const kept = snapshot.safeParse(before)
  if (!kept.success) throw notASnapshot(`whether ${login} was an administrator`)
  const wanted = 'administrators' in kept.data ? kept.data.administrators : []
  if (wanted.length === 0) return nothingToGiveBack(before)
  const missing = async () => {
    const linked = await client.administratorsOf(orgId)
    return wanted.filter(id => !linked.includes(id))
  }
  return {
    ...nothingToGiveBack(before),
    summary: 'Administration of the console is given back',
    differences: [{ what: 'Administrator of the console', before: 'no', after: 'yes' }],
    async look() {
      const lacking = await missing()
      const administrators = wanted.filter(id => !lacking.includes(id))
      return { state: lacking.length === 0 ? 'holds' : 'not-yet', reading: { administrators } }
    },
    async bring() {
      for (const id of await missing()) await client.link(id, orgId)
    },
  }
}
