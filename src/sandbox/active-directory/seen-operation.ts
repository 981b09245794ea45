import type { DomainController } from './controller.ts'
import { startTls, whoAmI } from './extended.ts'
import { guidText, sidText } from './identifiers.ts'
import type { Change, Operation } from './request.ts'
import { attributeAbout } from './schema.ts'

/** An operation as the log shows it. */
export interface SeenOperation {
  /** BIND, SEARCH, MODIFY, MODIFYDN, DELETE, ADD, COMPARE or EXTENDED. */
  method: string
  /** The distinguished name that it is about, also where it was asked for by GUID; of BIND the name given. */
  target: string
  /** JSON of what is to change, with passwords replaced. */
  body: Buffer
  isWrite: boolean
}

/** Null for what has no answer. */
export function seenOperation(controller: DomainController, operation: Operation): SeenOperation | null {
  const read = (method: string, target: string) => ({ method, target, body: Buffer.alloc(0), isWrite: false })
  const write = (method: string, dn: string, content?: unknown) => ({
    method,
    target: realName(controller, dn),
    body: Buffer.from(content === undefined ? '' : JSON.stringify(content)),
    isWrite: true,
  })
  switch (operation.kind) {
    case 'bind':
    case 'bind-sasl':
      return read('BIND', operation.name)
    case 'search':
      return read('SEARCH', realName(controller, operation.base))
    case 'modify':
      return write('MODIFY', operation.dn, operation.changes.map(seenChange))
    case 'modify-dn': {
      const { newRdn, newSuperior } = operation
      return write('MODIFYDN', operation.dn, newSuperior === null ? { newRdn } : { newRdn, newSuperior })
    }
    case 'delete':
      return write('DELETE', operation.dn)
    case 'add':
      return read('ADD', operation.dn)
    case 'compare':
      return read('COMPARE', realName(controller, operation.dn))
    case 'extended': {
      const names: Record<string, string> = { [startTls]: 'StartTLS', [whoAmI]: 'WhoAmI' }
      return read('EXTENDED', names[operation.oid] ?? operation.oid)
    }
    default:
      return null
  }
}

/** `{"replace":"description","values":["…"]}` */
function seenChange({ operation, attribute, values }: Change) {
  return { [operation]: attribute, values: values.map(value => seenValue(attribute, value)) }
}

function seenValue(attribute: string, value: Buffer): string {
  const about = attributeAbout(attribute)
  if (about?.writing === 'secret' || /pwd$|password/i.test(attribute)) return '[secret]'
  return valueText(attribute, value)
}

/** A value as people read it. */
export function valueText(attribute: string, value: Buffer): string {
  const syntax = attributeAbout(attribute)?.syntax
  if (syntax === 'guid' && value.length === 16) return guidText(value)
  if (syntax === 'sid') return sidText(value) ?? value.toString('hex')
  return syntax === 'bytes' ? value.toString('base64') : value.toString('utf8')
}

/** The name of the entry that is meant; as it came where there is none. */
function realName({ tree }: DomainController, name: string): string {
  if (name === '') return ''
  try {
    const entry = tree.find(name, true)
    return entry === undefined ? name : tree.dnOf(entry)
  } catch {
    return name
  }
}
