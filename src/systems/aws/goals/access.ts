import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import { denialName, isDenyAll } from '../denial.ts'
import { type AwsChange, act, gather, notShown, type Partial, unseenChanges } from '../gather.ts'
import { type GoalGround, type Subject, settleMs, taken } from '../ground.ts'
import { looksAt } from '../looks.ts'

const has = z.object({
  user: z.string(),
  attached: z.array(z.object({ name: z.string(), arn: z.string() })),
  /** With their documents, for nobody else keeps them once they are deleted. */
  inline: z.array(z.object({ name: z.string(), document: z.string() })),
})
const shape = z.union([z.object({ gone: z.literal(true) }), has])
type Had = z.infer<typeof shape>
type AccessReading = z.infer<typeof has> & Partial

const what = 'Policies'

/** No policy is attached to the IAM user, and none is written into it, but the one that denies everything. */
export function accessFreed(ground: GoalGround, subject: Subject): AccountGoal<AccessReading, AwsChange> {
  const { iam } = ground
  const freeing = (now: AccessReading): AwsChange[] => [
    ...now.attached.map(({ name, arn }) => ({
      id: arn,
      what,
      before: name,
      after: 'none',
      act: () => taken(iam.detachPolicy(now.user, arn)),
    })),
    ...now.inline.map(({ name }) => ({
      id: `inline ${name}`,
      what,
      before: name,
      after: 'none',
      act: () => taken(iam.deletePolicy(now.user, name)),
    })),
    ...unseenChanges(now),
  ]
  /** One that was written anew meanwhile under the same name is somebody's newer word. */
  const giving = (had: Had, now: AccessReading): AwsChange[] => {
    if ('gone' in had || had.attached.length + had.inline.length === 0) return []
    const names = new Set(now.inline.map(({ name }) => name))
    return [
      ...had.attached
        .filter(({ arn }) => !now.attached.some(one => one.arn === arn))
        .map(({ name, arn }) => ({
          id: arn,
          what,
          before: 'none',
          after: name,
          act: () => iam.attachPolicy(now.user, arn),
        })),
      ...had.inline
        .filter(({ name }) => !names.has(name))
        .map(({ name, document }) => ({
          id: `inline ${name}`,
          what,
          before: 'none',
          after: name,
          act: () => iam.putPolicy(now.user, name, document),
        })),
      ...unseenChanges(now),
    ]
  }
  return {
    kind: 'access-freed',
    reach: 'api',
    summary: 'Policies are taken away',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['iam user', 'attached policies', 'inline policies', 'policy documents'],
    read: moment => readAccess(looksAt(ground, subject.parts, moment)),
    holds: now => freeing(now).length === 0,
    unobservable: now => notShown(now, now.attached.length + now.inline.length > 0),
    changes: freeing,
    take: oneByOne(act),
    settlesWithin: settleMs,
    back: {
      shape,
      what: `which policies ${subject.login} had`,
      place: 'the console',
      summary: (had: Had) =>
        'gone' in had || had.attached.length + had.inline.length === 0
          ? 'Policies stay as they were'
          : 'Policies are given back',
      isBack: (had: Had, now) => giving(had, now).length === 0,
      changes: giving,
      give: oneByOne(act),
    },
  }
}

/** A policy whose document could not be seen is not in the reading, and so not deleted: it could not be given back. */
async function readAccess(looks: ReturnType<typeof looksAt>): Promise<Reading<AccessReading>> {
  const user = await looks.user()
  if (user === null) return goneReading
  const name = user.UserName
  const all = gather()
  const [attached = [], names = []] = await Promise.all([
    all.of('the attached policies', looks.attached(name)),
    all.of('the inline policies', looks.inline(name)),
  ])
  const inline = await Promise.all(
    names
      .filter(one => one !== denialName)
      .map(async one => {
        const document = await all.of(`the inline policy ${one}`, looks.document(name, one))
        // One that went between the list and the look has no document, and is not there.
        return document === undefined ? [] : [{ name: one, document }]
      }),
  )
  return seen({
    user: name,
    attached: attached.filter(({ arn }) => !isDenyAll(arn)),
    inline: inline.flat(),
    ...all.left(),
  })
}
