import { z } from 'zod'
import type { Account } from '../../../core/account.ts'
import type { Back } from '../../../core/goal.ts'
import { assignNumber, giveAppRole, giveConsent, setImmutableId } from '../write.ts'
import { adminCenter, change, type GoalGround, type Sent, sendTogether } from './ground.ts'
import type { Held } from './held-access.ts'
import { licencesBack } from './licences.ts'

/** Null is what was not seen: nothing of it was taken. */
const snapshotSchema = z.object({
  appRoles: z.array(z.object({ appRoleId: z.string(), resourceId: z.string(), app: z.string().optional() })).nullable(),
  consents: z.array(z.object({ clientId: z.string(), resourceId: z.string(), scope: z.string() })).nullable(),
  licences: z.array(z.object({ skuId: z.string(), disabledPlans: z.array(z.string()) })).nullable(),
  licenceGroups: z.array(z.object({ id: z.string(), name: z.string() })).nullable(),
  /** Absent where there was none, and in what earlier versions wrote. */
  numbers: z
    .array(z.object({ telephoneNumber: z.string(), numberType: z.string(), category: z.string().nullable() }))
    .optional(),
  /** Absent where it was not to be cleared. */
  immutableId: z.string().nullish(),
})

type Snapshot = z.infer<typeof snapshotSchema>

/** The automatic reply stays: whoever comes back turns it off. */
export function accessBack({ graph }: GoalGround, { id, login }: Account): Back<Held, Sent, Snapshot> {
  return {
    shape: snapshotSchema,
    what: `what ${login} could use`,
    place: adminCenter,
    summary: () => 'App roles, consents, licences and the number in Teams are given back, where it is still free',
    isBack: (had, now) => missing(had, now).length === 0,
    changes: missing,
    async give(changes) {
      // Licences first: what they carry is what app roles are for.
      const licences = changes.filter(({ what }) => what === 'Licences')
      const others = changes.filter(({ what }) => what !== 'Licences')
      return [...(await sendTogether(graph, licences)), ...(await sendTogether(graph, others))]
    },
  }

  function missing(had: Snapshot, { appRoles, consents, licences, numbers, immutableId, synced }: Held): Sent[] {
    return [
      ...(had.immutableId && immutableId === null && !synced
        ? [
            change('immutable id', 'Immutable id', 'none', had.immutableId, () =>
              setImmutableId(id, had.immutableId ?? null),
            ),
          ]
        : []),
      // Since licences have a goal of their own, only earlier versions wrote them down here.
      ...licencesBack(graph, id, had, licences.value),
      ...(had.numbers ?? [])
        .filter(one => !numbers.value?.some(now => now.telephoneNumber === one.telephoneNumber))
        .map(({ telephoneNumber, numberType, category }) =>
          change(`number ${telephoneNumber}`, 'Teams number', 'free', telephoneNumber, () =>
            assignNumber(id, telephoneNumber, numberType, category ?? 'primary'),
          ),
        ),
      ...(had.appRoles ?? [])
        .filter(
          one => !appRoles.value?.some(now => now.appRoleId === one.appRoleId && now.resourceId === one.resourceId),
        )
        .map(({ appRoleId, resourceId, app = resourceId }) =>
          change(`role ${appRoleId} ${resourceId}`, 'App roles', 'none', app, () =>
            giveAppRole({ principalId: id, appRoleId, resourceId }),
          ),
        ),
      ...(had.consents ?? [])
        .filter(one => !consents.value?.some(now => now.clientId === one.clientId && now.resourceId === one.resourceId))
        .map(({ clientId, resourceId, scope }) =>
          change(`consent ${clientId} ${resourceId}`, 'Consents', 'none', scope || clientId, () =>
            giveConsent({ principalId: id, clientId, resourceId, scope }),
          ),
        ),
    ]
  }
}
