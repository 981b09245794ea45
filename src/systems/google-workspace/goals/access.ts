import { z } from 'zod'
import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import type { Difference } from '../../../core/change.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { type Licence, licenceName } from '../licences.ts'
import type { GoogleUser } from '../schemas.ts'
import type { UserChange } from '../user-client.ts'
import { type GoalGround, gone, goneForGood, ifAllowed, notASnapshot, type Subject, waitShortly } from './ground.ts'

const accessShape = z.object({
  orgUnit: z.string(),
  inAddressList: z.boolean(),
  archived: z.boolean(),
  /** `product/sku`; absent where licences are left alone. */
  licences: z.array(z.string()).optional(),
})

type Access = z.infer<typeof accessShape>

/** Hidden from the address list, in the leavers' organizational unit, and the licence free: as the settings say. */
export async function accessFreed(
  ground: GoalGround,
  subject: Subject,
  after: readonly AccountGoalKind[],
): Promise<AccountGoal> {
  const { id, now } = subject
  const { licenceMode } = ground.settings
  const look = () => lookAtAccess(ground, id)
  const found = now === null ? null : await ifAllowed(() => read(ground, now), null)
  const differences = found === null ? [] : differencesOf(ground, found)
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: summaryOf(ground),
    effect: 'reversible',
    repeatable: true,
    // An archived account has no Calendar to move events from, and one without a licence no Drive.
    after: licenceMode === 'keep' ? [] : after,
    behind: after,
    differences,
    warnings:
      licenceMode === 'remove' && found !== null && (found.licences ?? []).length > 0
        ? ['Without its licence the account is not covered by Google Vault any more: held data may be lost.']
        : [],
    ...(licenceMode === 'keep' ? { residual: ['The licence stays assigned: a suspended account is paid for.'] } : {}),
    look,
    async bring() {
      const user = await ground.user(id)
      if (user !== null && (await free(ground, user))) await waitShortly(ground, look)
    },
    undo: before => accessGivenBack(ground, subject, before),
  }
}

async function read({ licences, settings }: GoalGround, user: GoogleUser): Promise<Access> {
  const access = {
    orgUnit: user.orgUnitPath ?? '/',
    inAddressList: user.includeInGlobalAddressList !== false,
    archived: user.archived === true,
  }
  if (settings.licenceMode !== 'remove') return access
  const held = await Promise.all(
    settings.licences.map(async one => ((await licences.has(one, user.primaryEmail)) ? [nameInReading(one)] : [])),
  )
  return { ...access, licences: held.flat() }
}

/** What is not yet as the settings say. */
function changesOf({ settings }: GoalGround, found: Access): UserChange {
  const { leaversOrgUnit } = settings
  const elsewhere = leaversOrgUnit !== undefined && leaversOrgUnit.toLowerCase() !== found.orgUnit.toLowerCase()
  return {
    ...(elsewhere ? { orgUnitPath: leaversOrgUnit } : {}),
    ...(found.inAddressList ? { includeInGlobalAddressList: false } : {}),
  }
}

function isFreed(ground: GoalGround, found: Access): boolean {
  const archived = ground.settings.licenceMode !== 'archive' || found.archived
  return Object.keys(changesOf(ground, found)).length === 0 && archived && (found.licences ?? []).length === 0
}

async function lookAtAccess(ground: GoalGround, id: string): Promise<Standing> {
  const user = await ground.user(id)
  if (user === null) return gone
  const reading = await read(ground, user)
  return { state: isFreed(ground, reading) ? 'holds' : 'not-yet', reading }
}

/** Archiving goes alone in its request, as suspending does. */
async function free(ground: GoalGround, user: GoogleUser): Promise<boolean> {
  const found = await read(ground, user)
  if (isFreed(ground, found)) return false
  const changes = changesOf(ground, found)
  if (Object.keys(changes).length > 0) await ground.users.update(user.id, changes)
  const held = found.licences ?? []
  for (const licence of ground.settings.licences) {
    if (held.includes(nameInReading(licence))) await ground.licences.remove(licence, user.primaryEmail)
  }
  if (ground.settings.licenceMode === 'archive' && !found.archived) {
    await ground.users.update(user.id, { archived: true })
  }
  return true
}

function accessGivenBack(ground: GoalGround, { id, email }: Subject, before: unknown): AccountGoal {
  const snapshot = z.union([z.object({ gone: z.literal(true) }), accessShape]).safeParse(before)
  if (!snapshot.success) throw notASnapshot(`where ${email} was`)
  const had = 'gone' in snapshot.data ? null : snapshot.data
  const isBack = (now: Access) =>
    had !== null &&
    now.orgUnit.toLowerCase() === had.orgUnit.toLowerCase() &&
    now.inAddressList === had.inAddressList &&
    now.archived === had.archived &&
    (had.licences ?? []).every(one => now.licences?.includes(one) ?? true)
  const look = async (): Promise<Standing> => {
    if (had === null) return { state: 'holds', reading: snapshot.data }
    const user = await ground.user(id)
    if (user === null) return { state: 'not-yet', reading: { gone: true } }
    const reading = await read(ground, user)
    return { state: isBack(reading) ? 'holds' : 'not-yet', reading }
  }
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: 'Place, address list and licence are as they were',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: had === null ? [] : [{ what: 'Organizational unit', before: 'as it is', after: had.orgUnit }],
    warnings: had !== null && !had.archived ? ['An account that leaves the archive takes a licence again.'] : [],
    look,
    async bring() {
      const user = await ground.user(id)
      if (user === null || had === null) throw goneForGood(email)
      if ((user.archived === true) !== had.archived) await ground.users.update(id, { archived: had.archived })
      const licences = (await read(ground, user)).licences
      for (const one of ground.settings.licences) {
        const name = nameInReading(one)
        const lost = had.licences?.includes(name) === true && licences?.includes(name) === false
        if (lost) await ground.licences.give(one, user.primaryEmail)
      }
      await ground.users.update(id, { orgUnitPath: had.orgUnit, includeInGlobalAddressList: had.inAddressList })
      await waitShortly(ground, look)
    },
  }
}

function differencesOf(ground: GoalGround, found: Access): Difference[] {
  const { orgUnitPath, includeInGlobalAddressList } = changesOf(ground, found)
  const before: string[] = []
  const after: string[] = []
  const note = (one: string, other: string) => {
    before.push(one)
    after.push(other)
  }
  if (orgUnitPath !== undefined) note(`in ${found.orgUnit}`, `in ${orgUnitPath}`)
  if (includeInGlobalAddressList !== undefined) note('in the address list', 'hidden')
  for (const one of found.licences ?? []) note(licenceOf(one), 'licence free')
  if (ground.settings.licenceMode === 'archive' && !found.archived) note('active licence', 'archived')
  return before.length === 0
    ? []
    : [{ what: 'Account', before: before.join(', '), after: [...new Set(after)].join(', ') }]
}

function summaryOf({ settings }: GoalGround): string {
  const parts = [
    'hidden from the address list',
    ...(settings.leaversOrgUnit === undefined ? [] : [`moved to ${settings.leaversOrgUnit}`]),
    ...(settings.licenceMode === 'archive' ? ['archived'] : []),
  ]
  const freed = settings.licenceMode === 'remove' ? '; its licences are free' : ''
  return `The account is ${parts.join(', ')}${freed}`
}

function nameInReading({ product, sku }: Licence): string {
  return `${product}/${sku}`
}

function licenceOf(name: string): string {
  const [product = '', sku = ''] = name.split('/')
  return licenceName({ product, sku })
}
