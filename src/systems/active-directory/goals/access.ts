import { z } from 'zod'
import type { AccountGoalOptions } from '../../../core/account.ts'
import { cut } from '../../../core/printable.ts'
import { type Act, act, overApi, type ThingsGoal } from '../../../core/things.ts'
import { areSameValues, readAttributes, valueShape, writtenValue } from '../attribute-values.ts'
import type { Modification } from '../directory.ts'
import { console, type GoalGround, guardOf, type Holder, readAtUser } from '../ground.ts'
import { moveUser } from '../move-user.ts'
import { isSameDn } from '../names.ts'
import { placeOf, type User } from '../user.ts'

const stamp = /^Offboarded by k1ctl \d{4}-\d{2}-\d{2}/
const longestDescription = 1024
const needsWrite = 'Write description and the attributes to clear, on users'

/** What is written down of it. */
const shape = z.object({
  description: z.string().nullable(),
  attributes: z.record(z.string(), z.array(valueShape)),
  name: z.string(),
  place: z.string(),
})
type Kept = z.infer<typeof shape>
type Seen = Kept & { user: User }

/** The account says that its owner left, is cleared of what was configured, and is where leavers are. */
export function accessFreed(
  tools: GoalGround,
  subject: Holder,
  { present }: Pick<AccountGoalOptions, 'present'>,
): ThingsGoal<Seen> {
  const { leaversOu, clearAttributes } = tools.settings
  const marked = clearAttributes.length > 0 ? `, without ${clearAttributes.join(', ')}` : ''
  const isMarked = ({ description, attributes }: Kept) =>
    stamp.test(description ?? '') && Object.keys(attributes).length === 0
  const isThere = ({ place }: Kept) => leaversOu === undefined || isSameDn(place, leaversOu)
  const was = ({ place }: Kept) => ({ what: 'Account', before: `in ${place}` })
  return {
    ...overApi,
    kind: 'access-freed',
    summary: `The account is marked as having left${marked}${leaversOu === undefined ? '' : `, in ${leaversOu}`}`,
    effect: 'reversible',
    // Groups name their members by where they are.
    behind: ['groups-left'],
    needs: ['user', 'attributes'],
    read: moment =>
      readAtUser(tools, subject, moment, async user => ({
        user,
        description: user.description ?? null,
        attributes: await moment.read('attributes', () =>
          readAttributes(tools.directory, user.target, clearAttributes),
        ),
        name: user.entry.needed('name'),
        place: placeOf(user),
      })),
    holds: now => isMarked(now) && isThere(now),
    changes: now => [
      ...(isMarked(now)
        ? []
        : [{ ...was(now), id: 'mark', after: `marked as having left${marked}`, act: () => mark(tools, now) }]),
      ...(isThere(now)
        ? []
        : [
            {
              ...was(now),
              id: 'place',
              after: `in ${leaversOu}`,
              act: () => moveUser(tools.directory, now.user, now.name, leaversOu ?? now.place),
            },
          ]),
    ],
    // Entra Connect: what leaves the scope of the sync is deleted in the cloud (Microsoft, "Configure filtering").
    warnings: now =>
      leaversOu !== undefined && !isThere(now) && present.has('microsoft-365')
        ? [
            `Unless ${leaversOu} is synced as well, the move deletes the account in Microsoft 365, and its mailbox with it.`,
          ]
        : [],
    shown: ({ user: _, ...kept }) => kept,
    guard: now => guardOf(subject, now?.user),
    take: act,
    back: {
      shape,
      what: `how the account of ${subject.account.login} was`,
      place: console,
      summary: () => 'Description, attributes and place are as before',
      isBack: (had, now) => givingBack(tools, had, now).length === 0,
      changes: (had, now) => givingBack(tools, had, now),
      give: act,
    },
  }
}

/** What the description said is kept behind the mark, for whoever looks at it in the console. */
async function mark({ directory, now }: GoalGround, { user, attributes, description }: Seen): Promise<void> {
  const changes: Modification[] = Object.keys(attributes).map(name => ({
    operation: 'replace',
    attribute: name,
    values: [],
  }))
  if (!stamp.test(description ?? '')) {
    const text = `Offboarded by k1ctl ${now().toISOString().slice(0, 10)}`
    const whole = description === null ? text : `${text}. Before: ${description}`
    changes.push({ operation: 'replace', attribute: 'description', values: [cut(whole, longestDescription)] })
  }
  await directory.modify(user.target, changes, needsWrite)
}

/** Each attribute by itself: a manager who is gone keeps no description from coming back. */
function givingBack({ directory }: GoalGround, had: Kept, { user, ...now }: Seen): Act[] {
  const account = { what: 'Account', before: 'marked as having left', after: `in ${had.place}` }
  const write = (attribute: string, values: (string | Buffer)[]) => () =>
    directory.modify(user.target, [{ operation: 'replace', attribute, values }], needsWrite)
  const lost = Object.entries(had.attributes).filter(([name, values]) => !areSameValues(now.attributes[name], values))
  const description = had.description === null ? [] : [had.description]
  return [
    ...lost.map(([name, values]) => ({
      ...{ id: `attribute ${name}`, what: name, before: 'none', after: 'as before' },
      act: write(name, values.map(writtenValue)),
    })),
    ...(now.description === had.description
      ? []
      : [{ ...account, id: 'description', act: write('description', description) }]),
    ...(isSameDn(now.place, had.place) && now.name === had.name
      ? []
      : [{ ...account, id: 'place', act: () => moveUser(directory, user, had.name, had.place) }]),
  ]
}
