import type { AccountGoal } from '../../../core/account.ts'
import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { nobodySees } from '../../../core/reading.ts'
import type { GoalGround } from '../ground.ts'
import { connectExchange } from './commands.ts'

interface ByHand {
  kind: AccountGoalKind
  summary: string
  commands: readonly string[]
  behind?: readonly AccountGoalKind[]
}

/** Where the credential has not the right: what is missing, and what a person does instead, filled in. */
export function mailByHand(
  { lacks, connection }: Pick<GoalGround, 'lacks' | 'connection'>,
  { kind, summary, commands, behind = [] }: ByHand,
): AccountGoal {
  return {
    kind,
    reach: 'by-hand',
    summary,
    effect: 'reversible',
    repeatable: true,
    after: [],
    behind,
    byHand: [connectExchange(connection), ...commands, ...lacks.map(one => `So that k1ctl does it: ${one}`)],
    ...nobodySees(`Exchange Online cannot be asked. ${lacks[0] ?? ''}`.trim()),
  }
}
