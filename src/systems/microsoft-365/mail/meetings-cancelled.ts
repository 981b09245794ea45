import type { AccountGoal } from '../../../core/account.ts'
import { allAtOnce } from '../../../core/change.ts'
import { seen } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import type { Mailbox } from '../exchange/mailbox.ts'
import type { GoalGround, Holder } from '../ground.ts'
import { type Meeting, meetingDays, readMeetings } from '../meetings.ts'

interface Called {
  mailbox: Mailbox | null
  meetings: Meeting[]
}

/** Exchange queues cancellations, and sends them one after the other. */
const settlesWithin = 120_000

const later = 'Exchange Online queues the cancellations, and sends them within minutes.'

/** Nobody waits for them any more: the meetings that they organised are called off. The calendar itself tells. */
export function meetingsCancelled(
  { exchange, graph, clock }: GoalGround,
  { account, readings }: Holder,
): AccountGoal<Called> {
  return {
    kind: 'meetings-cancelled',
    ...overApi,
    summary: 'Meetings that they organised are cancelled',
    effect: 'irreversible',
    // Whatever was cancelled is in the calendar no longer: asked again, Exchange finds the rest.
    later,
    needs: ['user', 'mailbox', 'meetings'],
    touches: () => ['meetings'],
    read: moment =>
      readings.below(async () => {
        const mailbox = await readings.mailbox(moment)
        const read = () => readMeetings(graph, clock, account.id)
        const meetings = mailbox === null ? [] : await moment.read('meetings', read)
        return seen({ mailbox, meetings })
      }),
    holds: ({ meetings }) => meetings.length === 0,
    waitsFor: ({ meetings }) =>
      meetings.length === 0 ? undefined : `${meetings.length} ${meetings.length === 1 ? 'meeting' : 'meetings'}`,
    changes: ({ meetings }) =>
      meetings.map(({ id, subject, series, next }) => {
        const before = `${subject} (${series ? 'series' : next.slice(0, 10)})`
        return { id, what: 'Meetings', before, after: 'cancelled' }
      }),
    warnings: ({ meetings }) =>
      meetings.length === 0
        ? []
        : [
            'Everybody who was invited gets a cancellation, and a whole series goes, its past meetings, too. Nobody can take that back.',
          ],
    residual: () => ['Meetings that begin in more than two years are not looked for.'],
    shown: ({ meetings }) => ({ meetings: meetings.map(({ subject, next }) => ({ subject, next })) }),
    take: (changes, { mailbox }) =>
      allAtOnce(async () => mailbox && exchange.cancelMeetings(mailbox, meetingDays))(changes),
    settlesWithin,
  }
}
