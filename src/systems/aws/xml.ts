import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'

/** Numbers stay text: an account's number may begin with 0. A list that is empty comes as ''. */
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  isArray: name => name === 'member',
})

/** An answer of the query protocol; what is not XML is read as JSON (a proxy's error). @throws Error when it is neither */
export function decodeXml(text: string): unknown {
  return text.trimStart().startsWith('<') ? parser.parse(text, true) : JSON.parse(text)
}

/** `<Users><member>…</member></Users>`; `<Users/>` is a list, too. */
export function listOf<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .union([z.object({ member: z.array(item) }), z.literal('')])
    .transform(found => (found === '' ? [] : found.member))
}
