import { BerError, type Element, expectTag, readBoolean, readElements, readInteger, readText } from './ber.ts'
import { type Control, readControls } from './controls.ts'
import { type Filter, readFilter } from './filter.ts'

export interface Change {
  operation: 'add' | 'delete' | 'replace'
  attribute: string
  values: Buffer[]
}

export type Operation =
  | { kind: 'bind'; name: string; password: Buffer }
  | { kind: 'bind-sasl'; name: string; mechanism: string }
  | { kind: 'unbind' }
  | {
      kind: 'search'
      base: string
      scope: 'base' | 'one' | 'sub'
      sizeLimit: number
      typesOnly: boolean
      filter: Filter
      attributes: string[]
    }
  | { kind: 'modify'; dn: string; changes: Change[] }
  | { kind: 'modify-dn'; dn: string; newRdn: string; newSuperior: string | null }
  | { kind: 'delete'; dn: string }
  | { kind: 'add'; dn: string }
  | { kind: 'compare'; dn: string }
  | { kind: 'abandon'; id: number }
  | { kind: 'extended'; oid: string; value: Buffer | null }

export interface Request {
  id: number
  operation: Operation
  controls: Control[]
}

const scopes = ['base', 'one', 'sub'] as const
const operations = ['add', 'delete', 'replace'] as const

/** @param message the outermost sequence. @throws BerError when it is no request that LDAPv3 has */
export function readRequest(message: Element): Request {
  const [id, operation, controls] = readElements(expectTag(message, 0x30))
  const number = readInteger(id)
  if (number < 0 || number > 0x7fff_ffff) throw new BerError(`Message number ${number}.`)
  if (operation === undefined) throw new BerError('A message without an operation.')
  return {
    id: number,
    operation: readOperation(operation),
    controls: controls === undefined ? [] : readControls(expectTag(controls, 0xa0)),
  }
}

function readOperation(element: Element): Operation {
  const { tag, content } = element
  switch (tag) {
    case 0x60:
      return readBind(readElements(content))
    case 0x42:
      return { kind: 'unbind' }
    case 0x63:
      return readSearch(readElements(content))
    case 0x66: {
      const [dn, changes] = readElements(content)
      return { kind: 'modify', dn: readText(dn), changes: readElements(expectTag(changes, 0x30)).map(readChange) }
    }
    case 0x6c: {
      const [dn, newRdn, deleteOld, newSuperior] = readElements(content)
      readBoolean(deleteOld)
      const above = newSuperior === undefined ? null : readText(newSuperior, 0x80)
      return { kind: 'modify-dn', dn: readText(dn), newRdn: readText(newRdn), newSuperior: above }
    }
    case 0x4a:
      return { kind: 'delete', dn: content.toString('utf8') }
    case 0x68:
      return { kind: 'add', dn: readText(readElements(content)[0]) }
    case 0x6e:
      return { kind: 'compare', dn: readText(readElements(content)[0]) }
    case 0x50:
      return { kind: 'abandon', id: readInteger(element, 0x50) }
    case 0x77: {
      const [oid, value] = readElements(content)
      return { kind: 'extended', oid: readText(oid, 0x80), value: value === undefined ? null : expectTag(value, 0x81) }
    }
    default:
      throw new BerError(`No request has the tag 0x${tag.toString(16)}.`)
  }
}

function readBind([version, name, how]: readonly Element[]): Operation {
  if (readInteger(version) !== 3) throw new BerError('Another version than LDAPv3.')
  if (how?.tag === 0xa3) {
    return { kind: 'bind-sasl', name: readText(name), mechanism: readText(readElements(how.content)[0]) }
  }
  return { kind: 'bind', name: readText(name), password: expectTag(how, 0x80) }
}

function readSearch(parts: readonly Element[]): Operation {
  const [base, scope, aliases, sizeLimit, timeLimit, typesOnly, filter, attributes] = parts
  const reach = scopes[readInteger(scope, 0x0a)]
  if (reach === undefined) throw new BerError('A scope that there is not.')
  readInteger(aliases, 0x0a)
  readInteger(timeLimit)
  return {
    kind: 'search',
    base: readText(base),
    scope: reach,
    sizeLimit: readInteger(sizeLimit),
    typesOnly: readBoolean(typesOnly),
    filter: readFilter(filter),
    attributes: readElements(expectTag(attributes, 0x30)).map(one => readText(one)),
  }
}

function readChange(element: Element): Change {
  const [operation, modification] = readElements(expectTag(element, 0x30))
  const kind = operations[readInteger(operation, 0x0a)]
  if (kind === undefined) throw new BerError('A change that is none of add, delete and replace.')
  const [attribute, values] = readElements(expectTag(modification, 0x30))
  return {
    operation: kind,
    attribute: readText(attribute),
    values: readElements(expectTag(values, 0x31)).map(value => expectTag(value, 0x04)),
  }
}
