import { z } from 'zod'
import type { AccountGoal, AccountGoalOptions } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { cut } from '../../../core/printable.ts'
import { overApi } from '../../../core/things.ts'
import { areSameValues, readValues, valueShape, writtenValue } from '../attribute-values.ts'
import type { Modification } from '../directory.ts'
import { resultOf, results } from '../failure.ts'
import { isSameDn, rdn, rdnValue, splitDn } from '../names.ts'
import { placeOf, type User } from '../user.ts'
import { console, type GoalGround, guardOf, type Holder, readAtUser } from './ground.ts'

const stamp = /^Offboarded by k1ctl \d{4}-\d{2}-\d{2}/
const longestDescription = 1024
const longestName = 64
const needsWrite = 'Write description and the attributes to clear, on users'
const needsMove = 'Delete User objects and Write name where the account is, and Create User objects in the other OU'

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
): AccountGoal<Seen> {
  const { leaversOu, clearAttributes } = tools.settings
  const marked = clearAttributes.length > 0 ? `, without ${clearAttributes.join(', ')}` : ''
  const isMarked = ({ description, attributes }: Kept) =>
    stamp.test(description ?? '') && Object.keys(attributes).length === 0
  const isThere = ({ place }: Kept) => leaversOu === undefined || isSameDn(place, leaversOu)
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
        ...(await moment.read('attributes', () => readKept(tools, user))),
      })),
    holds: now => isMarked(now) && isThere(now),
    changes: now => [
      ...(isMarked(now) ? [] : [accountChange('mark', now, `marked as having left${marked}`)]),
      ...(isThere(now) ? [] : [accountChange('place', now, `in ${leaversOu}`)]),
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
    take: (changes, now) =>
      oneByOne(({ id }) =>
        id === 'mark' ? mark(tools, now) : move(tools, now.user, now.name, leaversOu ?? now.place),
      )(changes),
    back: {
      shape,
      what: `how the account of ${subject.account.login} was`,
      place: console,
      summary: () => 'Description, attributes and place are as before',
      isBack: (had, now) => differing(had, now).length === 0,
      changes: differing,
      give: (changes, now, had) => oneByOne(({ id }) => giveBack(tools, id, now, had))(changes),
    },
  }
}

function accountChange(id: string, { place }: Kept, after: string): Change {
  return { id, what: 'Account', before: `in ${place}`, after }
}

async function readKept({ directory, settings }: GoalGround, user: User): Promise<Kept> {
  const names = settings.clearAttributes
  const entry = names.length === 0 ? null : await directory.read(user.target, { attributes: names, binary: names })
  const attributes = await Promise.all(
    names.map(async name => [name, await readValues(directory, name, entry?.allBytes(name) ?? [])] as const),
  )
  return {
    description: user.description ?? null,
    attributes: Object.fromEntries(attributes.filter(([, values]) => values.length > 0)),
    name: user.entry.needed('name'),
    place: placeOf(user),
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

/** In an OU a name is there once; the log-in is there once in the whole domain. */
async function move({ directory }: GoalGround, user: User, name: string, place: string): Promise<void> {
  const now = splitDn(user.dn)
  if (isSameDn(now.parent, place) && rdnValue(now.rdn) === name) return
  try {
    await directory.rename(user.target, rdn('CN', name), place, needsMove)
  } catch (error) {
    if (resultOf(error) !== results.entryAlreadyExists || isSameDn(now.parent, place)) throw error
    const suffix = ` (${user.login})`
    await directory.rename(user.target, rdn('CN', cut(name, longestName - suffix.length) + suffix), place, needsMove)
  }
}

/** Each attribute by itself: a manager who is gone keeps no description from coming back. */
function differing(had: Kept, now: Kept): Change[] {
  const attributes = Object.entries(had.attributes).filter(
    ([name, values]) => !areSameValues(now.attributes[name], values),
  )
  const left = 'marked as having left'
  return [
    ...attributes.map(([name]) => ({ id: `attribute ${name}`, what: name, before: 'none', after: 'as before' })),
    ...(now.description === had.description
      ? []
      : [{ id: 'description', what: 'Account', before: left, after: `in ${had.place}` }]),
    ...(isSameDn(now.place, had.place) && now.name === had.name
      ? []
      : [{ id: 'place', what: 'Account', before: left, after: `in ${had.place}` }]),
  ]
}

async function giveBack(tools: GoalGround, id: string, { user }: Seen, had: Kept): Promise<void> {
  if (id === 'place') return move(tools, user, had.name, had.place)
  const attribute = id.replace(/^attribute /, '')
  const described = had.description === null ? [] : [had.description]
  const values = id === 'description' ? described : (had.attributes[attribute] ?? []).map(writtenValue)
  await tools.directory.modify(user.target, [{ operation: 'replace', attribute, values }], needsWrite)
}
