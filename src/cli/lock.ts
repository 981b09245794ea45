import type { CommandSpec } from './command.ts'

export const lockCommand: CommandSpec = {
  name: 'lock',
  summary: 'end k1ctl unlock: the sealed secrets need their passphrase again',
  details: '--json: {wasUnlocked}. Exit code 0 also where nothing was unlocked.',
  takes: ['output'],
  examples: ['k1ctl lock'],
  async run({ app, output }) {
    const wasUnlocked = await (await app.secrets()).lock()
    if (output.forMachine) output.json({ wasUnlocked })
    output.say(wasUnlocked ? 'The sealed secrets are locked.' : 'The sealed secrets were not unlocked.')
    return 0
  },
}
