import type { AccountGoal } from '../../core/account.ts'
import { oneByOne, type Taken } from '../../core/change.ts'
import { asK1Error, K1Error } from '../../core/errors.ts'
import { type Act, goalSentBy, type ThingsSpec } from '../../core/things.ts'
import type { Passing } from './batch.ts'
import type { Graph } from './graph.ts'
import { type GoalGround, type Holder, replicationMs } from './ground.ts'
import type { Write } from './write.ts'

/** How one thing is taken or given: a request to Graph; what asks Exchange; or nothing, and why: a sentence. */
export type Sending = (() => Write) | { ask: () => Promise<unknown> } | { why: string }

export type Sent = Act<Sending>

/** A goal of things that Graph and Exchange take and give. */
export function graphGoal<R extends H, H = R>(graph: Graph, spec: ThingsSpec<R, H, Sending>): AccountGoal<R, Sent> {
  return goalSentBy(changes => sendTogether(graph, changes), { settlesWithin: replicationMs, ...spec })
}

/** The same of what goes with the account. */
export function goalBelow<R extends H, H = R>(
  { graph }: GoalGround,
  { readings }: Holder,
  spec: ThingsSpec<R, H, Sending>,
): AccountGoal<R, Sent> {
  const goal = graphGoal(graph, spec)
  return { ...goal, read: moment => readings.below(() => goal.read(moment)) }
}

/** One batch for all of Graph, and one after the other what goes elsewhere; an answer for each. */
export async function sendTogether(graph: Graph, changes: readonly Sent[], passing?: Passing): Promise<Taken[]> {
  const sent = changes.flatMap(({ id, act }) => (typeof act === 'function' ? [{ id, write: act() }] : []))
  const kept = changes.flatMap(({ id, act }) => ('why' in act ? [{ id, error: new K1Error('refused', act.why) }] : []))
  const answered = await answersTo(graph, sent, passing)
  const elsewhere = changes.filter(({ act }) => 'ask' in act)
  return [...kept, ...answered, ...(await oneByOne(({ act }: Sent) => send(graph, act))(elsewhere))]
}

/** One by itself. @throws K1Error why it was not taken */
export async function send(graph: Graph, act: Sending): Promise<void> {
  if ('why' in act) throw new K1Error('refused', act.why)
  await ('ask' in act ? act.ask() : graph.write(act()))
}

async function answersTo(graph: Graph, sent: readonly { id: string; write: Write }[], passing?: Passing) {
  try {
    const errors =
      sent.length === 0
        ? []
        : await graph.writeAll(
            sent.map(({ write }) => write),
            passing,
          )
    return sent.map(({ id }, index): Taken => {
      const error = errors[index]
      return error === undefined ? { id } : { id, error }
    })
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (error.kind === 'cancelled') throw error
    return sent.map(({ id }): Taken => ({ id, error }))
  }
}
