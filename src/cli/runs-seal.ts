import { K1Error } from '../core/errors.ts'
import { checkLedger } from '../core/ledger-check.ts'
import type { Signature, TimeStamp } from '../core/packet.ts'
import { foldRun } from '../engine/run-state.ts'
import { layout } from '../render/layout.ts'
import type { Context } from './command.ts'
import { requireTrusted } from './run-trust.ts'
import { httpOptions } from './sessions.ts'

/** Signs the ledger of a run, and has its time witnessed, in a folder of its own. */
export async function sealRun(context: Context): Promise<number> {
  const { app, words, output } = context
  const key = words.text('key')
  if (key === undefined) {
    throw new K1Error('usage', 'A key is missing: who signs?', {
      hint: '--key ~/.ssh/id_ed25519. Make one: ssh-keygen -t ed25519',
    })
  }
  const reading = await (await app.ledger()).read(words.required(0, 'The run'))
  await requireTrusted(app, reading)
  const { run, verdict } = foldRun(reading)
  const folder = words.text('to') ?? run
  const authority = words.text('tsa')
  const packets = await app.packets()
  const stamp =
    authority === undefined
      ? undefined
      : (query: Buffer) => app.postBytes(authority, query, 'application/timestamp-query', httpOptions(context))
  await packets.write(folder, reading, key, stamp)
  const signature = await packets.signature(folder, undefined)
  const signed = 'key' in signature ? signature.key : ''
  if (output.forMachine) output.json({ run, folder, key: signed, verdict, stamped: authority !== undefined })
  const stamped = authority === undefined ? '' : `, time stamp of ${new URL(authority).host}`
  output.say(`Sealed in ${folder}: ${reading.entries.length} entries, signed with ${signed}${stamped}.`)
  // What is written on after that is in no seal.
  if (verdict !== 'proved')
    output.say(`${output.talk.cyan('→')} The run is ${verdict}: seal it again when it has ended.`)
  return 0
}

/** What a packet proves to whoever asks nobody. Answers 0 only where all of it was vouched for. */
export async function verifyPacket({ app, words, output }: Context): Promise<number> {
  const folder = words.text('offline') ?? ''
  if (words.arg(0) !== undefined) {
    throw new K1Error('usage', 'A run is named and --offline is given; one of the two.', {
      hint: `k1ctl runs verify --offline ${folder}`,
    })
  }
  const packets = await app.packets()
  const reading = await packets.read(folder)
  const { isSound, words: state } = checkLedger(reading.chain)
  const signature = await packets.signature(folder, words.text('signers'))
  const timeStamp = await packets.timeStamp(folder, words.text('tsaCa'))
  const hash = reading.entries.at(-1)?.hash ?? null
  const holds = isSound && signature.state === 'good' && (timeStamp.state === 'good' || timeStamp.state === 'none')
  if (output.forMachine) {
    output.json({ run: reading.run, ledger: reading.chain, hash, signature, timeStamp, holds })
  } else {
    output.write(layout`${output.data.bold(reading.run)}
  ledger      ${state}, ${String(reading.entries.length)} entries
  last entry  ${hash ?? 'none'}
  signature   ${signatureText(signature)}
  time stamp  ${stampText(timeStamp)}
`)
  }
  return holds ? 0 : 3
}

function signatureText(signature: Signature): string {
  switch (signature.state) {
    case 'good':
      return `good, by ${signature.by} (${signature.key})`
    case 'nobody vouches':
      return `fits, by ${signature.key}; whose key that is, --signers FILE says`
    case 'not a signer':
      return `by ${signature.key}, who is no signer of that list: ${signature.why}`
    case 'wrong':
      return `WRONG: ${signature.why}`
    case 'none':
      return 'none'
  }
}

function stampText(stamp: TimeStamp): string {
  switch (stamp.state) {
    case 'good':
      return `good, ${stamp.at}`
    case 'nobody vouches':
      return `says ${stamp.at}; whether that is so, --tsa-ca FILE says`
    case 'wrong':
      return `WRONG: ${stamp.why}`
    case 'none':
      return 'none'
  }
}
