import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { Change } from '../directory.ts'
import { resultOf, results } from '../failure.ts'
import { isSameDn, rdn, rdnValue, splitDn } from '../names.ts'
import { placeOf, type User } from '../user.ts'
import { changeAccount, type GoalGround, liveUser, lookAt, notASnapshot, type Subject, settle } from './ground.ts'

const stamp = /^Offboarded by k1ctl \d{4}-\d{2}-\d{2}/
const longestDescription = 1024
const longestName = 64
const needsWrite = 'Write description and the attributes to clear, on users'
const needsMove = 'Delete User objects and Write name where the account is, and Create User objects in the other OU'

const valueShape = z.union([z.string(), z.object({ base64: z.string() })])
type Value = z.infer<typeof valueShape>

/** What the goal is about, as it is now. */
const readingShape = z.object({
  description: z.string().nullable(),
  attributes: z.record(z.string(), z.array(valueShape)),
  name: z.string(),
  place: z.string(),
})
type Reading = z.infer<typeof readingShape>

/** The account says that its owner left, is cleared of what was configured, and is where leavers are. */
export function accessFreed(ground: GoalGround, subject: Subject): AccountGoal {
  const { settings } = ground
  const { now } = subject
  const look = () =>
    lookAt(ground, subject, async user => {
      const reading = await readOf(ground, user)
      return { state: isFreed(ground, reading) ? 'holds' : 'not-yet', reading }
    })
  const parts = ['marked as having left']
  if (settings.clearAttributes.length > 0) parts.push(`without ${settings.clearAttributes.join(', ')}`)
  if (settings.leaversOu !== undefined) parts.push(`in ${settings.leaversOu}`)
  const isMarked = now !== null && stamp.test(now.description ?? '')
  const isThere = now === null || settings.leaversOu === undefined || isSameDn(placeOf(now), settings.leaversOu)
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: `The account is ${parts.join(', ')}`,
    effect: 'reversible',
    repeatable: true,
    after: [],
    // Groups name their members by where they are.
    behind: ['groups-left'],
    differences:
      now === null || (isMarked && isThere)
        ? []
        : [{ what: 'Account', before: `in ${placeOf(now)}`, after: parts.join(', ') }],
    warnings: [],
    look,
    bring: () =>
      changeAccount(ground, subject, user =>
        settle(
          async () => {
            await mark(ground, user)
            if (settings.leaversOu !== undefined)
              await move(ground, user, user.entry.needed('name'), settings.leaversOu)
          },
          async () => isFreed(ground, await readAgain(ground, subject)),
        ),
      ),
    undo: before => accessGivenBack(ground, subject, before),
  }
}

async function readAgain(ground: GoalGround, subject: Subject): Promise<Reading> {
  return readOf(ground, await liveUser(ground, subject))
}

async function readOf({ directory, settings }: GoalGround, user: User): Promise<Reading> {
  const names = settings.clearAttributes
  const entry = names.length === 0 ? null : await directory.read(user.target, { attributes: names, binary: names })
  const attributes = names.flatMap(name => {
    const values = entry?.allBytes(name).map(readValue) ?? []
    return values.length === 0 ? [] : [[name, values] as const]
  })
  return {
    description: user.description ?? null,
    attributes: Object.fromEntries(attributes),
    name: user.entry.needed('name'),
    place: placeOf(user),
  }
}

function isFreed({ settings }: GoalGround, reading: Reading): boolean {
  return (
    stamp.test(reading.description ?? '') &&
    Object.keys(reading.attributes).length === 0 &&
    (settings.leaversOu === undefined || isSameDn(reading.place, settings.leaversOu))
  )
}

/** What the description said is kept behind the mark, for whoever looks at it in the console. */
async function mark(ground: GoalGround, user: User): Promise<void> {
  const { directory, clock } = ground
  const { attributes } = await readOf(ground, user)
  const changes: Change[] = Object.keys(attributes).map(name => ({ operation: 'replace', attribute: name, values: [] }))
  if (!stamp.test(user.description ?? '')) {
    const text = `Offboarded by k1ctl ${clock.now().toISOString().slice(0, 10)}`
    const whole = user.description === undefined ? text : `${text}. Before: ${user.description}`
    changes.push({ operation: 'replace', attribute: 'description', values: [whole.slice(0, longestDescription)] })
  }
  if (changes.length > 0) await directory.modify(user.target, changes, needsWrite)
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
    const other = `${name.slice(0, longestName - suffix.length)}${suffix}`
    await directory.rename(user.target, rdn('CN', other), place, needsMove)
  }
}

function accessGivenBack(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const snapshot = z.union([z.object({ gone: z.literal(true) }), readingShape]).safeParse(before)
  if (!snapshot.success) throw notASnapshot(`how the account of ${subject.account.login} was`)
  const was = 'place' in snapshot.data ? snapshot.data : undefined
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: was ? 'Description, attributes and place are as before' : 'The account stays as it was',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: was ? [{ what: 'Account', before: 'marked as having left', after: `in ${was.place}` }] : [],
    warnings: [],
    async look(): Promise<Standing> {
      if (was === undefined) return { state: 'holds', reading: snapshot.data }
      const now = await readAgain(ground, subject)
      return { state: isSame(now, was) ? 'holds' : 'not-yet', reading: now }
    },
    async bring() {
      if (was === undefined) return
      const user = await liveUser(ground, subject)
      const now = await readOf(ground, user)
      const changes: Change[] = Object.entries(was.attributes)
        .filter(([name, values]) => !isSameValues(now.attributes[name], values))
        .map(([attribute, values]) => ({ operation: 'replace', attribute, values: values.map(bytesOf) }))
      if (now.description !== was.description) {
        const values = was.description === null ? [] : [was.description]
        changes.push({ operation: 'replace', attribute: 'description', values })
      }
      if (changes.length > 0) await ground.directory.modify(user.target, changes, needsWrite)
      await move(ground, user, was.name, was.place)
    },
  }
}

function isSame(now: Reading, was: Reading): boolean {
  return (
    now.description === was.description &&
    now.name === was.name &&
    isSameDn(now.place, was.place) &&
    Object.entries(was.attributes).every(([name, values]) => isSameValues(now.attributes[name], values))
  )
}

function isSameValues(some: readonly Value[] | undefined, others: readonly Value[]): boolean {
  const plain = (values: readonly Value[]) => values.map(value => bytesOf(value).toString('base64')).sort()
  return JSON.stringify(plain(some ?? [])) === JSON.stringify(plain(others))
}

/** Text where it is text; otherwise (a photo) as base64, so that it can be given back. */
function readValue(bytes: Buffer): Value {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') }
}

function bytesOf(value: Value): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64')
}
