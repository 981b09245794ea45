import { K1Error } from '../../core/errors.ts'
import type { Signature } from '../../core/packet.ts'
import { runTool } from './tool.ts'

/*
 * Signatures in the form of OpenSSH (its PROTOCOL.sshsig), made and checked by its own ssh-keygen: whoever has no k1ctl
 * checks the same, and a key may be in an agent or on a security key. man ssh-keygen, "-Y".
 */

/** So that a signature made for something else is none of a run. */
export const namespace = 'k1ctl-run'

export interface ToolDeps {
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

/**
 * The signature over these bytes. ssh-keygen asks for the key's passphrase at the terminal.
 * @param key path of a private key, or of the public one of a key in the agent
 * @throws K1Error `usage` when that is no key or it does not sign, `not-set-up` without ssh-keygen
 */
export async function signFile(bytes: Buffer, key: string, deps: ToolDeps): Promise<string> {
  const { code, stdout, said } = await runTool('ssh-keygen', ['-Y', 'sign', '-q', '-f', key, '-n', namespace], {
    ...deps,
    stdin: bytes,
  })
  const text = stdout.toString('utf8')
  if (code === 0 && text.includes('BEGIN SSH SIGNATURE')) return text
  throw new K1Error('usage', `${key} does not sign: ${said || `ssh-keygen ended with ${code}`}.`, {
    hint: 'A private key, or the .pub of one in the agent. Make one: ssh-keygen -t ed25519',
    facts: { key },
  })
}

/**
 * Whose signature it is.
 * @param file path of the signature
 * @param signers path of a list of whoever may sign, as OpenSSH has it (man ssh-keygen, "ALLOWED SIGNERS")
 */
export async function checkSignature(
  bytes: Buffer,
  file: string,
  signers: string | undefined,
  deps: ToolDeps,
): Promise<Signature> {
  const given = { ...deps, stdin: bytes }
  const alone = await runTool('ssh-keygen', ['-Y', 'check-novalidate', '-n', namespace, '-s', file], given)
  if (alone.code !== 0) return { state: 'wrong', why: alone.said || 'It does not fit the ledger.' }
  const key = /signature with (\S+) key (\S+)/.exec(alone.stdout.toString('utf8'))
  const what = `${key?.[1] ?? ''} ${key?.[2] ?? ''}`.trim()
  if (signers === undefined) return { state: 'nobody vouches', key: what }
  const found = await runTool('ssh-keygen', ['-Y', 'find-principals', '-s', file, '-f', signers], deps)
  const [by] = found.stdout.toString('utf8').split('\n')
  if (found.code !== 0 || !by) return { state: 'not a signer', key: what, why: found.said }
  const whole = await runTool(
    'ssh-keygen',
    ['-Y', 'verify', '-n', namespace, '-s', file, '-f', signers, '-I', by],
    given,
  )
  return whole.code === 0 ? { state: 'good', key: what, by } : { state: 'not a signer', key: what, why: whole.said }
}
