import { z } from 'zod'
import type { Difference } from '../../../core/change.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { type Access, readAccess } from '../access.ts'
import {
  changeLicences,
  giveAppRole,
  giveConsent,
  joinGroup,
  leaveGroup,
  removeAppRole,
  removeConsent,
  setAutomaticReply,
  type Write,
} from '../write.ts'
import { type Ground, gone, notASnapshot, present, type Subject, settled, standing } from './ground.ts'

/**
 * App roles and consents are gone; the automatic reply is on, where one is set; then, only with `licences=remove`, the
 * licences are freed: a mailbox goes with its licence, and Graph v1.0 cannot make it a shared one first.
 */
export function accessFreed(ground: Ground, subject: Subject, before: Access | undefined): AccountGoal {
  const { account } = subject
  const { removesLicences } = ground.connection
  const look = async (): Promise<Standing> => {
    const access = await readNow(ground, account.id)
    return access === null ? gone : standing(isFreed(ground, access), readingOf(access))
  }
  const licensed = (before?.licences.length ?? 0) + (before?.licenceGroups.length ?? 0) > 0
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: removesLicences ? 'App roles, consents and licences are freed' : 'App roles and consents are freed',
    effect: removesLicences && licensed ? 'irreversible' : 'reversible',
    repeatable: true,
    after: [],
    // Licences are the last: what they carry has to be settled.
    behind: ['groups-left', 'data-handed-over'],
    differences: before === undefined ? [] : differencesOf(ground, before),
    warnings:
      removesLicences && licensed
        ? ['The mailbox is deleted 30 days after its licence: convert it to a shared one before, if it is to stay.']
        : [],
    ...(licensed && !removesLicences
      ? { residual: ['Licences are kept (licences=keep): remove them when mailbox and OneDrive are settled.'] }
      : {}),
    look,
    bring: () => settled(ground, () => free(ground, account.id), look),
    undo: reading => accessGivenBack(ground, subject, reading),
  }
}

async function readNow(ground: Ground, userId: string): Promise<Access | null> {
  const user = await ground.users.user(userId)
  return user && readAccess(ground.graph, user, ground.connection.autoReply !== undefined)
}

function isFreed({ connection }: Ground, access: Access): boolean {
  const { appRoles, consents, licences, licenceGroups } = access
  const licensed = connection.removesLicences && licences.length + licenceGroups.length > 0
  return appRoles.length + consents.length === 0 && !licensed && !wantsReply(connection.autoReply, access)
}

function wantsReply(wanted: string | undefined, { reply }: Access): boolean {
  return wanted !== undefined && reply !== undefined && reply !== wanted.replace(/\s+/g, ' ')
}

async function free(ground: Ground, userId: string): Promise<void> {
  const access = await readNow(ground, userId)
  if (access === null) return
  const { graph, connection } = ground
  const { autoReply } = connection
  if (autoReply !== undefined && wantsReply(autoReply, access)) {
    const text = { internalReplyMessage: escaped(autoReply), externalReplyMessage: escaped(autoReply) }
    await graph.write(setAutomaticReply(userId, { status: 'alwaysEnabled', externalAudience: 'all', ...text }))
  }
  await together(ground, [
    ...access.appRoles.map(({ id }) => removeAppRole(userId, id)),
    ...access.consents.map(({ id }) => removeConsent(id)),
  ])
  if (!connection.removesLicences) return
  await together(
    ground,
    access.licenceGroups.map(group => leaveGroup(group.id, userId)),
  )
  const skuIds = access.licences.map(({ skuId }) => skuId)
  if (skuIds.length > 0) await graph.write(changeLicences(userId, [], skuIds))
}

async function together({ graph }: Ground, writes: readonly Write[]): Promise<void> {
  const [refused] = await graph.writeAll(writes)
  if (refused !== undefined) throw refused.error
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function readingOf({ appRoles, consents, licences, licenceGroups, reply }: Access) {
  return {
    appRoles: appRoles.map(({ appRoleId, resourceId, resourceDisplayName }) => ({
      appRoleId,
      resourceId,
      app: resourceDisplayName ?? resourceId,
    })),
    consents: consents.map(({ clientId, resourceId, scope }) => ({ clientId, resourceId, scope: scope ?? '' })),
    licences,
    licenceGroups: licenceGroups.map(({ id, name }) => ({ id, name })),
    ...(reply === undefined ? {} : { automaticReply: reply !== null }),
  }
}

function differencesOf(ground: Ground, access: Access): Difference[] {
  const { appRoles, consents, licences, licenceGroups } = access
  const counted = (what: string, before: number): Difference[] =>
    before === 0 ? [] : [{ what, before: String(before), after: 'none' }]
  return [
    ...counted('App roles', appRoles.length),
    ...counted('Consents', consents.length),
    ...(ground.connection.removesLicences ? counted('Licences', licences.length + licenceGroups.length) : []),
    ...(wantsReply(ground.connection.autoReply, access)
      ? [{ what: 'Automatic reply', before: access.reply === null ? 'off' : 'another', after: 'on' }]
      : []),
  ]
}

const snapshotSchema = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({
    appRoles: z.array(z.object({ appRoleId: z.string(), resourceId: z.string() })),
    consents: z.array(z.object({ clientId: z.string(), resourceId: z.string(), scope: z.string() })),
    licences: z.array(z.object({ skuId: z.string(), disabledPlans: z.array(z.string()) })),
    licenceGroups: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
])

/** The automatic reply stays: whoever comes back turns it off. */
function accessGivenBack(ground: Ground, subject: Subject, before: unknown): AccountGoal {
  const { id, login } = subject.account
  const snapshot = snapshotSchema.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`what ${login} could use`)
  const had = 'licences' in snapshot.data ? snapshot.data : undefined
  const missing = ({ appRoles, consents, licences, licenceGroups }: Access) => ({
    appRoles: (had?.appRoles ?? []).filter(
      one =>
        !appRoles.some(({ appRoleId, resourceId }) => appRoleId === one.appRoleId && resourceId === one.resourceId),
    ),
    consents: (had?.consents ?? []).filter(
      one => !consents.some(({ clientId, resourceId }) => clientId === one.clientId && resourceId === one.resourceId),
    ),
    licences: (had?.licences ?? []).filter(one => !licences.some(({ skuId }) => skuId === one.skuId)),
    licenceGroups: (had?.licenceGroups ?? []).filter(one => !licenceGroups.some(group => group.id === one.id)),
  })
  const look = async (): Promise<Standing> => {
    const access = await readNow(ground, id)
    if (access === null) return standing(had === undefined, { gone: true })
    const left = missing(access)
    return standing(
      Object.values(left).every(list => list.length === 0),
      { missing: left },
    )
  }
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: 'App roles, consents and licences are given back',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: had === undefined ? [] : [{ what: 'App roles and consents', before: 'none', after: 'as before' }],
    warnings: [],
    look,
    async bring() {
      await present(ground, subject)
      const give = async () => {
        const access = await readNow(ground, id)
        if (access === null) return
        const { appRoles, consents, licences, licenceGroups } = missing(access)
        if (licences.length > 0) await ground.graph.write(changeLicences(id, licences, []))
        await together(ground, [
          ...licenceGroups.map(group => joinGroup(ground.graph.base, group.id, id)),
          ...appRoles.map(({ appRoleId, resourceId }) => giveAppRole({ principalId: id, appRoleId, resourceId })),
          ...consents.map(({ clientId, resourceId, scope }) =>
            giveConsent({ principalId: id, clientId, resourceId, scope }),
          ),
        ])
      }
      await settled(ground, give, look)
    },
  }
}
