import { z } from 'zod'
import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { denialName, isDenyAll } from '../denial.ts'
import { gather, notShown, type Partial, unseenChanges } from '../gather.ts'
import { type GoalGround, type Holder, settleMs, taken } from '../ground.ts'
import { type LooksBelow, looksAt } from '../looks.ts'

const shape = z.object({
  user: z.string(),
  attached: z.array(z.object({ name: z.string(), arn: z.string() })),
  /** With their documents, for nobody else keeps them once they are deleted. */
  inline: z.array(z.object({ name: z.string(), document: z.string() })),
})
type Access = z.infer<typeof shape>

const isBare = ({ attached, inline }: Access) => attached.length + inline.length === 0

/** No policy is attached to the IAM user, and none is written into it, but the one that denies everything. */
export function accessFreed(ground: GoalGround, subject: Holder): ThingsGoal<Access & Partial> {
  const { iam } = ground
  return goalOfThings<Access & Partial, Access>({
    kind: 'access-freed',
    summary: 'Policies are taken away',
    needs: ['iam user', 'attached policies', 'inline policies', 'policy documents'],
    read: moment => looksAt(ground, subject.parts, moment).below(readAccess),
    unobservable: now => notShown(now, !isBare(now)),
    things: ({ attached, inline }, { user }) => [
      ...attached.map(({ name, arn }) => ({
        id: arn,
        what: 'Policies',
        name,
        take: () => taken(iam.detachPolicy(user, arn)),
        give: () => iam.attachPolicy(user, arn),
      })),
      // One that was written anew meanwhile under the same name is somebody's newer word.
      ...inline.map(({ name, document }) => ({
        id: `inline ${name}`,
        what: 'Policies',
        name,
        take: () => taken(iam.deletePolicy(user, name)),
        give: () => iam.putPolicy(user, name, document),
      })),
    ],
    unseen: unseenChanges,
    settlesWithin: settleMs,
    back: {
      shape,
      what: `which policies ${subject.login} had`,
      place: 'the console',
      summary: had => (isBare(had) ? 'Policies stay as they were' : 'Policies are given back'),
    },
  })
}

/** A policy whose document could not be seen is not in the reading, and so not deleted: it could not be given back. */
async function readAccess(user: string, looks: LooksBelow): Promise<Access & Partial> {
  const all = gather()
  const [attached = [], names = []] = await Promise.all([
    all.of('the attached policies', looks.attached(user)),
    all.of('the inline policies', looks.inline(user)),
  ])
  const inline = await Promise.all(
    names
      .filter(one => one !== denialName)
      .map(async name => {
        const document = await all.of(`the inline policy ${name}`, looks.document(user, name))
        // One that went between the list and the look has no document, and is not there.
        return document === undefined ? [] : [{ name, document }]
      }),
  )
  return { user, attached: attached.filter(({ arn }) => !isDenyAll(arn)), inline: inline.flat(), ...all.left() }
}
