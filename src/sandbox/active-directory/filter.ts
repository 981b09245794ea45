import { BerError, type Element, expectTag, readBoolean, readElement, readElements, readText } from './ber.ts'

/** RFC 4511, 4.5.1.7, as it comes over the wire: escapes of the text form are gone. */
export type Filter =
  | { kind: 'and' | 'or'; parts: Filter[] }
  | { kind: 'not'; part: Filter }
  | { kind: 'equal' | 'at-least' | 'at-most' | 'about'; attribute: string; value: Buffer }
  | { kind: 'substrings'; attribute: string; start: Buffer | null; middle: Buffer[]; end: Buffer | null }
  | { kind: 'present'; attribute: string }
  | { kind: 'extensible'; rule: string | null; attribute: string | null; value: Buffer }

const deepest = 64
const assertions = { 163: 'equal', 165: 'at-least', 166: 'at-most', 168: 'about' } as const

/** @throws BerError for what is no filter, or is nested too deep */
export function readFilter(element: Element | undefined, depth = 0): Filter {
  if (element === undefined) throw new BerError('A filter is missing.')
  if (depth > deepest) throw new BerError('A filter nested too deep.')
  const { tag, content } = element
  switch (tag) {
    case 0xa0:
    case 0xa1: {
      const parts = readElements(content).map(part => readFilter(part, depth + 1))
      return { kind: tag === 0xa0 ? 'and' : 'or', parts }
    }
    case 0xa2:
      return { kind: 'not', part: readFilter(readElement(content)?.element, depth + 1) }
    case 0xa3:
    case 0xa5:
    case 0xa6:
    case 0xa8: {
      const [attribute, value] = readElements(content)
      return { kind: assertions[tag], attribute: readText(attribute), value: expectTag(value, 0x04) }
    }
    case 0xa4:
      return readSubstrings(content)
    case 0x87:
      return { kind: 'present', attribute: content.toString('utf8') }
    case 0xa9:
      return readExtensible(content)
    default:
      throw new BerError(`A filter of kind 0x${tag.toString(16)}.`)
  }
}

function readSubstrings(content: Buffer): Filter {
  const [attribute, list] = readElements(content)
  const parts = readElements(expectTag(list, 0x30))
  if (parts.length === 0) throw new BerError('A substring filter without substrings.')
  const of = (tag: number) => parts.filter(part => part.tag === tag).map(part => part.content)
  return {
    kind: 'substrings',
    attribute: readText(attribute),
    start: of(0x80)[0] ?? null,
    middle: of(0x81),
    end: of(0x82)[0] ?? null,
  }
}

function readExtensible(content: Buffer): Filter {
  const parts = readElements(content)
  const of = (tag: number) => parts.find(part => part.tag === tag)
  const [rule, attribute, value, names] = [of(0x81), of(0x82), of(0x83), of(0x84)]
  // `:dn:` is the one part that this directory does not follow; neither does Active Directory.
  if (names !== undefined) readBoolean(names, 0x84)
  return {
    kind: 'extensible',
    rule: rule === undefined ? null : rule.content.toString('utf8'),
    attribute: attribute === undefined ? null : attribute.content.toString('utf8'),
    value: expectTag(value, 0x83),
  }
}
