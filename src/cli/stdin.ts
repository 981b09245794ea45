import { addAbortSignal, type Readable } from 'node:stream'
import { K1Error } from '../core/errors.ts'

/**
 * All of stdin as text, at most 1 MiB, or `mostMiB`.
 * @throws K1Error `usage` when it is a terminal, closed, or too much; `cancelled` on Ctrl-C
 */
export async function readAll(
  stdin: Readable & { isTTY?: boolean },
  signal: AbortSignal,
  { mostMiB = 1, hint = 'Leave --password-stdin out to be asked.' } = {},
): Promise<string> {
  if (stdin.isTTY)
    throw new K1Error('usage', 'stdin is a terminal; nothing was piped.', {
      hint,
    })
  const parts: Buffer[] = []
  let size = 0
  addAbortSignal(signal, stdin)
  try {
    for await (const part of stdin) {
      const bytes = Buffer.from(part)
      size += bytes.length
      if (size > mostMiB << 20) throw new K1Error('usage', `stdin holds more than ${mostMiB} MiB.`)
      parts.push(bytes)
    }
  } catch (error) {
    if (error instanceof K1Error) throw error
    if (signal.aborted) throw new K1Error('cancelled', 'Nothing was changed.', { cause: error })
    throw new K1Error('usage', 'stdin is closed; nothing was piped.', { cause: error })
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\ufeff/, '')
}
