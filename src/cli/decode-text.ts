import { TextDecoder } from 'node:util'
import { K1Error } from '../core/errors.ts'

/** How many bytes tell the encoding. */
const enough = 4

/** What a file is when it begins like this, and is no text. */
const binaries: readonly { begins: readonly number[]; says: string }[] = [
  {
    begins: [0x50, 0x4b, 0x03, 0x04],
    says: 'is an Excel workbook or a ZIP file, not text. Save the sheet as CSV UTF-8',
  },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], says: 'is an old Excel workbook, not text. Save the sheet as CSV UTF-8' },
  { begins: [0x1f, 0x8b], says: 'is compressed. Unpack it first' },
]

/**
 * Bytes as text: UTF-8, or UTF-16 where a byte order mark says so (Excel's "Unicode text"). Bytes that are not UTF-8
 * become U+FFFD, so that one bad row does not hide the others; whoever uses a text with one in it has to refuse it.
 * @throws K1Error `usage` when it is no text at all
 */
export async function* decodeText(chunks: AsyncIterable<unknown>, name: string): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let head = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    if (decoder) {
      yield decoder.decode(bytes, { stream: true })
      continue
    }
    head = Buffer.concat([head, bytes])
    if (head.length < enough) continue
    decoder = decoderFor(head, name)
    yield decoder.decode(head, { stream: true })
  }
  if (!decoder) {
    decoder = decoderFor(head, name)
    yield decoder.decode(head, { stream: true })
  }
  yield decoder.decode()
}

/** The decoder takes the byte order mark away by itself. */
function decoderFor(head: Buffer, name: string): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le')
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be')
  const binary = binaries.find(({ begins }) => begins.every((byte, at) => head[at] === byte))
  if (binary) throw new K1Error('usage', `${name} ${binary.says}.`)
  if (head.subarray(0, 4096).includes(0)) {
    throw new K1Error('usage', `${name} is not UTF-8 text: it holds zero bytes, as UTF-16 without its mark does.`, {
      hint: 'Save it as CSV UTF-8, or as UTF-8 text.',
    })
  }
  return new TextDecoder('utf-8')
}
