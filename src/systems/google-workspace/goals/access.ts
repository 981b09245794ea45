import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { licenceName, scopeOf } from '../licences.ts'
import type { GoogleUser } from '../schemas.ts'
import { adminConsole, type GoalGround, type Subject, settlingMs, userIn } from './ground.ts'
import { isUnread, partOf, refuseBlindness, shownUnread, type Unread, unreadChanges } from './unread.ts'

const accessShape = z.object({
  /** Null where Google does not show it. */
  orgUnit: z.string().nullable(),
  inAddressList: z.boolean(),
  archived: z.boolean(),
  /** `product/sku`; absent where licences are left alone. */
  licences: z.array(z.string()).optional(),
})

type Access = z.infer<typeof accessShape>

interface Found extends Access {
  user: GoogleUser
  unread: Unread[]
}

/** A change that is one request of its own: archiving goes alone, as suspending does. */
interface AccessChange extends Change {
  make?: (user: GoogleUser) => Promise<void>
}

/** Hidden from the address list, in the leavers' organizational unit, and the licence free: as the settings say. */
export function accessFreed(
  ground: GoalGround,
  subject: Subject,
  after: readonly AccountGoalKind[],
): AccountGoal<Found, AccessChange> {
  const { licenceMode } = ground.settings
  const changesOf = (found: Found) => freeing(ground, found)
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: summaryOf(ground),
    effect: 'reversible',
    repeatable: true,
    // An archived account has no Calendar to move events from, and one without a licence no Drive.
    after: licenceMode === 'keep' ? [] : after,
    behind: after,
    needs: ['user', 'licences'],
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    async read(moment) {
      const user = await userIn(moment, ground, subject)
      if (user === null) return goneReading
      const found: Found = { ...accessOf(user), user, unread: [] }
      if (licenceMode === 'remove') {
        const ask = () => moment.read('licences', () => ground.heldLicences.of(user))
        const licences = await partOf(found.unread, 'Licences', undefined, ask)
        if (licences !== undefined) found.licences = licences
      }
      refuseBlindness(found.unread, changesOf(found))
      return seen(found)
    },
    holds: found => changesOf(found).length === 0,
    changes: changesOf,
    // Where they could not be read, there may be some.
    warnings: ({ licences }) =>
      licenceMode === 'remove' && licences?.length !== 0
        ? ['Without its licence the account is not covered by Google Vault any more: held data may be lost.']
        : [],
    residual: () => (licenceMode === 'keep' ? ['The licence stays assigned: a suspended account is paid for.'] : []),
    take: (changes, { user }) => send(changes, user),
    settlesWithin: settlingMs,
    back: {
      shape: accessShape,
      what: `where ${subject.email} was`,
      place: adminConsole,
      summary: () => 'Place, address list and licence are as they were',
      isBack: (had, now) => givingBack(ground, had, now).length === 0,
      changes: (had, now) => givingBack(ground, had, now),
      give: (changes, { user }) => send(changes, user),
      warnings: had => (had.archived ? [] : ['An account that leaves the archive takes a licence again.']),
    },
    shown: ({ user: _, unread, ...access }) => ({ ...access, ...shownUnread(unread) }),
  }
}

function accessOf(user: GoogleUser): Access {
  return {
    orgUnit: user.orgUnitPath ?? null,
    inAddressList: user.includeInGlobalAddressList !== false,
    archived: user.archived === true,
  }
}

function send(changes: readonly AccessChange[], user: GoogleUser) {
  return oneByOne<AccessChange>(async change => {
    if (isUnread(change)) throw change.error
    await change.make?.(user)
  })(changes)
}

/** An archive takes another licence than the account had. */
function touchedBy(change: AccessChange): readonly string[] {
  if (isUnread(change) || change.id.startsWith('licence ')) return ['licences']
  return change.id === 'archive' ? ['user', 'licences'] : ['user']
}

/** What is not yet as the settings say. */
function freeing({ users, licences, settings }: GoalGround, found: Found): AccessChange[] {
  const { leaversOrgUnit, licenceMode } = settings
  const change = (id: string, before: string, after: string, make: AccessChange['make']): AccessChange[] => [
    { id, what: 'Account', before, after, ...(make ? { make } : {}) },
  ]
  return [
    ...(leaversOrgUnit !== undefined && !isSamePlace(leaversOrgUnit, found.orgUnit)
      ? change(
          'place',
          found.orgUnit === null ? 'in a place that is not shown' : `in ${found.orgUnit}`,
          `in ${leaversOrgUnit}`,
          ({ id }) => users.update(id, { orgUnitPath: leaversOrgUnit }),
        )
      : []),
    ...(found.inAddressList
      ? change('address list', 'in the address list', 'hidden', ({ id }) =>
          users.update(id, { includeInGlobalAddressList: false }),
        )
      : []),
    ...(found.licences ?? []).flatMap(name =>
      change(`licence ${name}`, licenceName(name), 'licence free', ({ primaryEmail }) =>
        licences.remove(name, primaryEmail),
      ),
    ),
    ...(licenceMode === 'archive' && !found.archived
      ? change('archive', 'active licence', 'archived', ({ id }) => users.update(id, { archived: true }))
      : []),
    ...unreadChanges(found.unread, 'licence free'),
  ]
}

function givingBack({ users, licences, heldLicences }: GoalGround, had: Access, now: Found): AccessChange[] {
  const change = (id: string, what: string, after: string, make: AccessChange['make']): AccessChange[] => [
    { id, what, before: 'as it is', after, ...(make ? { make } : {}) },
  ]
  const place = had.orgUnit
  const lost = (had.licences ?? []).filter(one => now.licences?.includes(one) === false)
  return [
    ...(now.archived === had.archived
      ? []
      : change('archive', 'Account', had.archived ? 'archived' : 'active licence', ({ id }) =>
          users.update(id, { archived: had.archived }),
        )),
    ...lost.flatMap(name =>
      change(`licence ${name}`, 'Licences', licenceName(name), async user => {
        await licences.give(name, user.primaryEmail)
        heldLicences.note(user.id, name)
      }),
    ),
    ...(place === null || isSamePlace(place, now.orgUnit)
      ? []
      : change('place', 'Organizational unit', place, ({ id }) => users.update(id, { orgUnitPath: place }))),
    ...(now.inAddressList === had.inAddressList
      ? []
      : change('address list', 'Address list', had.inAddressList ? 'shown' : 'hidden', ({ id }) =>
          users.update(id, { includeInGlobalAddressList: had.inAddressList }),
        )),
    ...((had.licences ?? []).length > 0 ? unreadChanges(now.unread, 'as they were') : []),
  ]
}

function isSamePlace(one: string, other: string | null): boolean {
  return one.toLowerCase() === other?.toLowerCase()
}

function summaryOf({ settings }: GoalGround): string {
  const parts = [
    'hidden from the address list',
    ...(settings.leaversOrgUnit === undefined ? [] : [`moved to ${settings.leaversOrgUnit}`]),
    ...(settings.licenceMode === 'archive' ? ['archived'] : []),
  ]
  const freed = settings.licenceMode === 'remove' ? `; licences ${scopeOf(settings.licences)} are free` : ''
  return `The account is ${parts.join(', ')}${freed}`
}
