import { K1Error } from '../core/errors.ts'
import type { CommandSpec } from './command.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

const minute = 60_000
const byDefault = '15m'
/** Longer than a working day nobody is at a terminal. */
const bounds = { least: minute, most: 12 * 60 * minute }

export const unlockCommand: CommandSpec = {
  name: 'unlock',
  summary: 'open the sealed secrets for a time, so that later calls do not ask',
  details:
    'Asks for the passphrase once (or takes K1CTL_PASSPHRASE), and keeps the key that is made of it in the memory of a ' +
    'process of yours, which ends by itself: for 15 minutes, or --for so long, also when the machine slept meanwhile. ' +
    'The key is on no disk, in no argument and in no environment. Every program that runs as you can use it until then, ' +
    'and whoever administers this machine. Not on Windows, where the keyring is the place for secrets.\n' +
    'Again: the passphrase is asked anew, and the time begins anew. k1ctl lock ends it.\n' +
    '--json: {until, agent}: ISO time, and the id of that process.',
  options: [{ flags: '--for <time>', summary: `how long, as 30m or 8h: 1m to 12h (default ${byDefault})` }],
  takes: ['output'],
  examples: ['k1ctl unlock', 'k1ctl unlock --for 8h'],
  async run(context) {
    const { app, words, output } = context
    const ms = duration(words.text('for') ?? byDefault)
    const unlocked = await (await app.secrets(passphrasePrompt(context))).unlock(ms)
    if (output.forMachine) output.json(unlocked)
    output.say(`The sealed secrets are unlocked until ${unlocked.until}. Before that: k1ctl lock`)
    return 0
  },
}

/** Milliseconds. @throws K1Error `usage` */
function duration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})(m|h)$/.exec(text.trim()) ?? []
  const ms = Number(count) * (unit === 'h' ? 60 * minute : minute)
  if (count !== '' && ms >= bounds.least && ms <= bounds.most) return ms
  throw new K1Error('usage', `--for takes a time from 1m to 12h, not "${text}".`, { hint: 'k1ctl unlock --for 8h' })
}
