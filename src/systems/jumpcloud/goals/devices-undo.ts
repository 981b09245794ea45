import { z } from 'zod'
import type { OldAccountGoal as AccountGoal } from '../../../core/old-goal.ts'
import { common, forEach, type GoalGround, notASnapshot, type Subject, stillThere } from './ground.ts'

const device = z.object({
  id: z.string(),
  name: z.string(),
  bound: z.boolean(),
  sudo: z.object({ enabled: z.boolean(), withoutPassword: z.boolean() }).optional(),
})
const snapshot = z.union([z.object({ gone: z.literal(true) }), z.object({ devices: z.array(device) })])

/** The devices that were bound are bound again. What was locked stays locked until somebody enters the PIN there. */
export function devicesGivenBack(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const { client } = ground
  const kept = snapshot.safeParse(before)
  if (!kept.success) throw notASnapshot(`which devices ${subject.login} had`)
  const wanted = 'devices' in kept.data ? kept.data.devices.filter(({ bound }) => bound) : []
  const missing = async () => {
    const bonds = await client.associations(subject.id, 'system')
    return wanted.filter(one => !bonds.some(({ id }) => id === one.id))
  }
  return {
    ...common,
    kind: 'devices-released',
    summary: wanted.length === 0 ? 'Devices stay as they were' : 'Devices are bound again',
    differences: wanted.map(({ name }) => ({ what: name, before: 'released', after: 'bound' })),
    async look() {
      if (wanted.length === 0) return { state: 'holds', reading: kept.data }
      if ((await client.user(subject.id)) === null) return { state: 'not-yet', reading: { gone: true } }
      const lacking = await missing()
      return { state: lacking.length === 0 ? 'holds' : 'not-yet', reading: { devices: wanted, missing: lacking } }
    },
    async bring() {
      await stillThere(ground, subject)
      const lacking = await missing()
      await forEach(
        lacking,
        one => one.name,
        ({ id, sudo }) =>
          client.changeAssociation(subject.id, { type: 'system', id, ...(sudo ? { sudo } : {}) }, 'add'),
      )
    },
  }
}
