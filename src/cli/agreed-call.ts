import type { Dated } from '../dated/dated.ts'
import type { Context } from './command.ts'
import type { ZonedTime } from './zoned-time.ts'

/** What this call agrees to, whatever is to be done: when, who, how, and what if it is not as it was shown by then. */
export function agreedInCall(
  { app, words, line }: Context,
  time: ZonedTime,
): Pick<Dated, 'due' | 'zone' | 'operator' | 'command' | 'consent' | 'ifChanged'> {
  return {
    due: time.at,
    zone: time.zone,
    operator: app.operator,
    command: line,
    consent: words.flag('yes') ? 'flag' : 'terminal',
    ifChanged: words.text('ifChanged') === 'go' ? 'go' : 'stop',
  }
}
