import type { AccountGoal } from '../../../core/account.ts'
import type { GoalGround, Holder } from '../ground.ts'
import { meetingDays } from '../meetings.ts'
import type { GraphUser } from '../users.ts'
import { mailByHand } from './by-hand.ts'
import { commandsFor } from './commands.ts'
import { licencesFreed } from './licences-freed.ts'
import { mailKeptIn } from './mail-kept-in.ts'
import { mailboxShared } from './mailbox-shared.ts'
import { meetingsCancelled } from './meetings-cancelled.ts'
import { othersMailboxesLeft } from './others-mailboxes-left.ts'
import { successorLetIn } from './successor-let-in.ts'

/** Goals about the mailbox, each undefined where nobody asks for it. */
export interface MailGoals {
  /** Others' mailboxes and calendars. */
  others: AccountGoal | undefined
  keptIn: AccountGoal
  meetings: AccountGoal | undefined
  shared: AccountGoal | undefined
  letIn: AccountGoal | undefined
  licences: AccountGoal | undefined
}

/** @param successor in words; undefined: nobody. @param heirOf who that is */
export function mailGoals(
  ground: GoalGround,
  subject: Holder,
  successor: string | undefined,
  heirOf: () => Promise<GraphUser>,
): MailGoals {
  const { connection, lacks } = ground
  const { account } = subject
  const byHand = lacks.length > 0
  const shares = connection.mailbox === 'shared'
  const cancels = subject.options.cancelMeetings === true
  return {
    others: !connection.searchesMailboxes
      ? undefined
      : byHand
        ? mailByHand(ground, {
            kind: 'others-mailboxes-left',
            summary: "Others' mailboxes and calendars are open to them no longer",
            commands: commandsFor.leaveOthers(account.login),
          })
        : othersMailboxesLeft(ground, subject),
    meetings: !cancels
      ? undefined
      : byHand
        ? mailByHand(ground, {
            kind: 'meetings-cancelled',
            summary: 'Meetings that they organised are cancelled',
            commands: commandsFor.cancelMeetings(account.login, meetingDays),
          })
        : meetingsCancelled(ground, subject),
    keptIn: byHand
      ? mailByHand(ground, {
          kind: 'mail-kept-in',
          summary: 'No mail is sent on to outside, and no phone fetches mail',
          commands: commandsFor.keepIn(account.login),
        })
      : mailKeptIn(ground, subject),
    shared: !shares
      ? undefined
      : byHand
        ? mailByHand(ground, {
            kind: 'mailbox-shared',
            summary: 'The mailbox is shared, and hidden from address lists',
            commands: commandsFor.share(account.login),
          })
        : mailboxShared(ground, subject),
    letIn:
      successor === undefined || connection.heir === 'nobody'
        ? undefined
        : byHand
          ? mailByHand(ground, {
              kind: 'successor-let-in',
              summary: `${successor} opens the mailbox, and sends from it`,
              commands: commandsFor.letIn(account.login, successor),
              behind: ['mail-kept-in', 'mailbox-shared'],
            })
          : successorLetIn(ground, subject, successor, heirOf),
    licences: connection.removesLicences ? licencesFreed(ground, subject) : undefined,
  }
}
