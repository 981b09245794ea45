import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { IamRef } from '../account-id.ts'
import { denialName, isDenyAll } from '../denial.ts'
import {
  deadlineOf,
  eachOf,
  findIamUser,
  type GoalGround,
  goneForGood,
  insist,
  notASnapshot,
  type Subject,
  settle,
} from '../ground.ts'

const shape = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({
    user: z.string(),
    attached: z.array(z.object({ name: z.string(), arn: z.string() })),
    /** With their documents, for nobody else keeps them once they are deleted. */
    inline: z.array(z.object({ name: z.string(), document: z.string() })),
  }),
])

export type AccessReading = z.infer<typeof shape>

/** No policy is attached to the IAM user, and none is written into it, but the one that denies everything. */
export function accessFreed(ground: GoalGround, subject: Subject, ref: IamRef, now: AccessReading): AccountGoal {
  const names = namesIn(now)
  const look = async () => standing(await readAccess(ground, ref))
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: 'Policies are taken away',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: names.length === 0 ? [] : [{ what: 'Policies', before: names.join(', '), after: 'none' }],
    warnings: [],
    look,
    async bring() {
      const { iam } = ground
      const user = await findIamUser(iam, ref)
      if (user === null) return
      const end = deadlineOf(ground)
      const [attached, inline] = await Promise.all([
        iam.attachedPolicies(user.UserName),
        iam.inlinePolicies(user.UserName),
      ])
      await eachOf([
        ...attached
          .filter(({ arn }) => !isDenyAll(arn))
          .map(
            ({ arn }) =>
              () =>
                insist(ground, end, () => iam.detachPolicy(user.UserName, arn)),
          ),
        ...inline
          .filter(name => name !== denialName)
          .map(name => () => insist(ground, end, () => iam.deletePolicy(user.UserName, name))),
      ])
      await settle(ground, look)
    },
    undo: before => accessGivenBack(ground, subject, ref, before),
  }
}

export async function readAccess({ iam }: GoalGround, ref: IamRef): Promise<AccessReading> {
  const user = await findIamUser(iam, ref)
  if (user === null) return { gone: true }
  const [attached, names] = await Promise.all([iam.attachedPolicies(user.UserName), iam.inlinePolicies(user.UserName)])
  const inline = names
    .filter(name => name !== denialName)
    .map(async name => ({ name, document: (await iam.inlinePolicy(user.UserName, name)) ?? '' }))
  return {
    user: user.UserName,
    attached: attached.filter(({ arn }) => !isDenyAll(arn)),
    // One that went between the list and the look has no document, and is not there.
    inline: (await Promise.all(inline)).filter(({ document }) => document !== ''),
  }
}

function namesIn(reading: AccessReading): string[] {
  return 'gone' in reading ? [] : [...reading.attached, ...reading.inline].map(({ name }) => name)
}

function standing(reading: AccessReading): Standing {
  return { state: namesIn(reading).length === 0 ? 'holds' : 'not-yet', reading }
}

function accessGivenBack(ground: GoalGround, subject: Subject, ref: IamRef, before: unknown): AccountGoal {
  const snapshot = shape.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which policies ${subject.login} had`)
  const had = snapshot.data
  const names = namesIn(had)
  const look = async (): Promise<Standing> => {
    if (names.length === 0) return { state: 'holds', reading: had }
    const reading = await readAccess(ground, ref)
    const has = namesIn(reading)
    return { state: names.every(name => has.includes(name)) ? 'holds' : 'not-yet', reading }
  }
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: names.length === 0 ? 'Policies stay as they were' : 'Policies are given back',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: names.length === 0 ? [] : [{ what: 'Policies', before: 'none', after: names.join(', ') }],
    warnings: [],
    look,
    async bring() {
      if ('gone' in had) return
      const { iam } = ground
      const user = await findIamUser(iam, ref)
      if (user === null) throw goneForGood(subject.login)
      const present = new Set(await iam.inlinePolicies(user.UserName))
      for (const { arn } of had.attached) await iam.attachPolicy(user.UserName, arn)
      for (const { name, document } of had.inline) {
        // Written anew meanwhile: that is somebody's newer word.
        if (present.has(name)) continue
        await iam.putPolicy(user.UserName, name, document)
      }
      await settle(ground, look)
    },
  }
}
