import { K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import { type Owned, readOwned, readOwners } from '../owned.ts'
import type { GraphUser } from '../users.ts'
import { addOwner, removeOwner } from '../write.ts'
import { type Ground, gone, type Subject, settled, standing } from './ground.ts'

const kinds = { groups: 'group', applications: 'application', servicePrincipals: 'enterprise application' } as const

/** Everything that the person owned belongs to the successor, and no longer to them. */
export function dataHandedOver(
  ground: Ground,
  subject: Subject,
  before: readonly Owned[],
  successor: string,
): AccountGoal {
  const { id } = subject.account
  const look = async (): Promise<Standing> => {
    if ((await ground.users.user(id)) === null) return gone
    const owned = await readOwned(ground.graph, id)
    return standing(owned.length === 0, {
      owned: owned.map(({ id, name, folder, owners }) => ({ id, name, type: kinds[folder], owners: owners.length })),
    })
  }
  return {
    kind: 'data-handed-over',
    reach: 'api',
    summary: `Groups and applications are handed over to ${successor}`,
    effect: 'irreversible',
    repeatable: true,
    after: [],
    differences:
      before.length === 0
        ? []
        : [{ what: 'Owner of', before: before.map(({ name }) => name).join(', '), after: successor }],
    warnings: [],
    residual: ['Mailbox and OneDrive are not handed over: give access in the Exchange and SharePoint admin centers.'],
    look,
    bring: () => settled(ground, () => handOver(ground, id, successor), look),
  }
}

/** For who has no successor: what would be left without an owner, as sentences. */
export function ownerless(owned: readonly Owned[]): string[] {
  return owned
    .filter(({ owners }) => owners.length < 2)
    .map(({ name, folder }) => `The only owner of the ${kinds[folder]} "${name}": name a successor with --successor.`)
}

async function handOver(ground: Ground, userId: string, successor: string): Promise<void> {
  const owned = await readOwned(ground.graph, userId)
  if (owned.length === 0) return
  const heir = await theSuccessor(ground, userId, successor)
  const { graph, clock, signal } = ground
  for (const { id, folder, owners } of owned) {
    // The last owner cannot go, and a new one is not seen at once.
    if (!owners.includes(heir.id)) {
      await graph.write(addOwner(graph.base, folder, id, heir.id))
      const isOwner = async () => standing((await readOwners(graph, { folder, id })).includes(heir.id), {})
      await waitFor(isOwner, { clock, signal, waitMs: 30_000 })
    }
    await graph.write(removeOwner(folder, id, userId))
  }
}

async function theSuccessor({ users }: Ground, userId: string, word: string): Promise<GraphUser> {
  const found = await users.find(word)
  const [heir] = found
  const refuse = (why: string) =>
    new K1Error('refused', `Nothing was handed over to ${word} in Microsoft 365: ${why}.`, {
      hint: 'Name somebody who has an active account there with --successor.',
    })
  if (heir === undefined) throw refuse('there is no such account')
  if (found.length > 1) throw refuse('several accounts match')
  if (heir.id === userId) throw refuse('it is the leaver')
  if (!heir.accountEnabled) throw refuse('the account is blocked')
  return heir
}
