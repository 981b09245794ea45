import { K1Error } from '../../core/errors.ts'
import { readMessage } from '../../http/message.ts'

/** A status that means more at a receiver than elsewhere; undefined: the usual reading. */
export function readRefusal(title: string, status: number, body: unknown): K1Error | undefined {
  const message = readMessage(body)
  const words = message === undefined ? '.' : `: ${message.replace(/\.$/, '')}.`
  const facts = message === undefined ? { status } : { status, message }
  if (status === 401) {
    return new K1Error('sign-in', `${title} did not accept the signature (401)${words}`, {
      facts,
      hint: 'Check that both sides have the same secret, and that their clocks are less than five minutes apart.',
    })
  }
  if (status === 404 || status === 405) {
    return new K1Error('rejected', `${title} takes no messages at this URL (${status})${words}`, {
      facts,
      hint: 'Check the URL, to its last slash.',
    })
  }
  if (status === 410) {
    return new K1Error('rejected', `${title} wants no more messages (410)${words}`, {
      facts,
      hint: 'The receiver was taken out of service. If it is gone for good: k1ctl disconnect',
    })
  }
  return undefined
}

/** The receiver answered with a person who was not asked for. */
export function someoneElse(title: string, who: string): K1Error {
  return new K1Error('contract', `${title} was asked for ${who} and answered with somebody who does not go by that.`, {
    facts: { field: 'people' },
    hint: 'The receiver must compare whole words (e-mail, log-in, aliases), ignoring upper and lower case.',
  })
}
