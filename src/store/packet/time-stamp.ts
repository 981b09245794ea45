import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { K1Error } from '../../core/errors.ts'
import type { TimeStamp } from '../../core/packet.ts'
import type { ToolDeps } from './signature.ts'
import { runTool } from './tool.ts'

/*
 * Time stamps after RFC 3161, asked for and checked by openssl (man openssl-ts): whoever has no k1ctl checks the same.
 */

/** The query for a file: its SHA-256, and nothing else of it leaves this machine. @throws K1Error `not-set-up` */
export async function queryFor(file: string, deps: ToolDeps): Promise<Buffer> {
  const { code, stdout, said } = await runTool('openssl', ['ts', '-query', '-data', file, '-sha256', '-cert'], deps)
  if (code === 0 && stdout.length > 0) return stdout
  throw new K1Error('not-set-up', `openssl makes no time-stamp query: ${said || `it ended with ${code}`}.`)
}

/** @throws K1Error `contract` when the answer is no stamp over this query */
export async function requireStamp(query: Buffer, reply: Buffer, deps: ToolDeps): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'k1ctl-stamp-'))
  try {
    const [asked, answered] = [join(folder, 'query'), join(folder, 'reply')]
    await Promise.all([writeFile(asked, query), writeFile(answered, reply)])
    const text = await textOf(answered, deps)
    // Its signature is checked later, against whom the reader trusts; that it is about this very query, now.
    if (/^Status: Granted/m.test(text) && text.includes(nonceOf(await textOf(asked, deps, '-query')))) return
    const [status = 'It is no time stamp'] = /Status: [^\n]*|Status description: [^\n]*/.exec(text) ?? []
    throw new K1Error('contract', `The time-stamping authority answered with no stamp: ${status.trim()}.`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Checked against its authority's certificate; without one, what it says of itself. */
export async function checkStamp(
  file: string,
  reply: string,
  authority: string | undefined,
  deps: ToolDeps,
): Promise<TimeStamp> {
  const text = await textOf(reply, deps)
  const [, said = ''] = /^Time stamp: (.*)$/m.exec(text) ?? []
  const at = new Date(said)
  if (Number.isNaN(at.getTime())) return { state: 'wrong', why: 'It is no time stamp.' }
  if (authority === undefined) {
    const { stdout } = await runTool('openssl', ['dgst', '-sha256', '-r', file], deps)
    const digest = stdout.toString('utf8').slice(0, 64)
    const fits = digestIn(text) === digest
    return fits
      ? { state: 'nobody vouches', at: at.toISOString() }
      : { state: 'wrong', why: 'It is of another ledger.' }
  }
  const checked = await runTool('openssl', ['ts', '-verify', '-data', file, '-in', reply, '-CAfile', authority], deps)
  return checked.code === 0 ? { state: 'good', at: at.toISOString() } : { state: 'wrong', why: checked.said }
}

async function textOf(file: string, deps: ToolDeps, kind: '-query' | '-reply' = '-reply'): Promise<string> {
  const { stdout } = await runTool('openssl', ['ts', kind, '-in', file, '-text'], deps)
  return stdout.toString('utf8')
}

function nonceOf(query: string): string {
  return /^Nonce: (\S+)$/m.exec(query)?.[0] ?? 'no nonce'
}

/** The digest in openssl's dump of it: "0000 - 1f 2e … 3d-4c …   text". */
function digestIn(text: string): string {
  const [, dump = ''] = /Message data:\n((?:\s+[0-9a-f]{4} - .*\n)+)/.exec(text) ?? []
  const lines = dump.split('\n').map(line => / - ((?:[0-9a-f]{2}[ -]){1,16})/.exec(line)?.[1] ?? '')
  return lines.join('').replaceAll(/[ -]/g, '')
}
