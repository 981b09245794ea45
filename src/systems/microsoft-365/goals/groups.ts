import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { isAboutOne } from '../graph-error.ts'
import { canLeave, type Membership, readMemberships, whyItStays } from '../memberships.ts'
import { joinGroup, leaveGroup } from '../write.ts'
import { type Ground, gone, notASnapshot, present, type Subject, settled, standing } from './ground.ts'

/** Of the groups that Graph can take somebody out of, none is left. Those that give a licence go with the licences. */
export function groupsLeft(
  ground: Ground,
  subject: Subject,
  before: readonly Membership[],
  owned: readonly string[],
): AccountGoal {
  const { id } = subject.account
  const look = async (): Promise<Standing> => {
    if ((await ground.users.user(id)) === null) return gone
    const memberships = await readMemberships(ground.graph, id)
    const [left, stay] = [memberships.filter(isLeft), memberships.filter(one => !isLeft(one))]
    return standing(left.length === 0, { groups: left.map(({ id, name }) => ({ id, name })), stay: stay.map(nameOf) })
  }
  const toLeave = before.filter(isLeft)
  const stay = before.filter(one => !isLeft(one) && !(one.kind === 'licence' && ground.connection.removesLicences))
  const residual = [...stay.map(whyItStays), ...owned]
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: 'Groups are left',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences:
      toLeave.length === 0 ? [] : [{ what: 'Groups', before: toLeave.map(nameOf).join(', '), after: 'none' }],
    warnings: [],
    ...(residual.length === 0 ? {} : { residual }),
    look,
    bring: () => settled(ground, () => leave(ground, id), look),
    undo: reading => groupsJoined(ground, subject, reading),
  }
}

function isLeft(membership: Membership): boolean {
  return canLeave(membership) && membership.kind !== 'licence'
}

function nameOf({ name }: { name: string }): string {
  return name
}

async function leave({ graph }: Ground, userId: string): Promise<void> {
  const groups = (await readMemberships(graph, userId)).filter(isLeft)
  const refused = await graph.writeAll(groups.map(group => leaveGroup(group.id, userId)))
  const worst = refused.find(({ error }) => !isAboutOne(error)) ?? refused[0]
  if (worst === undefined) return
  worst.error.facts.groups = groups
    .filter(({ id }) => refused.some(({ write }) => write.path.text.includes(`/groups/${id}/`)))
    .map(nameOf)
  throw worst.error
}

const snapshotSchema = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({ groups: z.array(z.object({ id: z.string(), name: z.string() })) }),
])

function groupsJoined(ground: Ground, subject: Subject, before: unknown): AccountGoal {
  const { id, login } = subject.account
  const snapshot = snapshotSchema.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which groups ${login} was in`)
  const wanted = 'groups' in snapshot.data ? snapshot.data.groups : []
  const missing = async () => {
    const groups = await readMemberships(ground.graph, id)
    return wanted.filter(one => !groups.some(group => group.id === one.id))
  }
  const look = async (): Promise<Standing> => {
    if (wanted.length === 0) return standing(true, snapshot.data)
    if ((await ground.users.user(id)) === null) return standing(false, { gone: true })
    const left = await missing()
    return standing(left.length === 0, { missing: left.map(nameOf) })
  }
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: wanted.length === 0 ? 'Groups stay as they were' : 'Groups are joined again',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: wanted.length === 0 ? [] : [{ what: 'Groups', before: 'none', after: wanted.map(nameOf).join(', ') }],
    warnings: [],
    look,
    async bring() {
      await present(ground, subject)
      const join = async () => {
        const writes = (await missing()).map(group => joinGroup(ground.graph.base, group.id, id))
        const [refused] = await ground.graph.writeAll(writes)
        if (refused !== undefined) throw refused.error
      }
      await settled(ground, join, look)
    },
  }
}
