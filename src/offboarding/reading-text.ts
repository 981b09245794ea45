/** A small JSON reading as a line for a person, whole: "active: no, groups: Staff; Finance". */
export function readingText(value: unknown): string {
  if (value === undefined || value === '') return 'none'
  // A list or a value that a system did not show is no empty one.
  if (value === null) return 'no value'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(thingText).join('; ')
  if (typeof value !== 'object') return ''
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return members.map(([name, member]) => `${wordsOfName(name)}: ${readingText(member)}`).join(', ') || 'none'
}

/** A thing of a list: what it is called, its id where that is something else, and all that is said of it beside. */
export interface ListedThing {
  name: string
  /** Null where it has none beside its name. */
  id: string | null
  /** "active: no"; empty where nothing is said of it. */
  about: string
}

const naming = ['name', 'login', 'email', 'id'] as const

export function thingOf(value: unknown): ListedThing {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { name: readingText(value), id: null, about: '' }
  }
  const members = new Map<string, unknown>(Object.entries(value))
  const named = naming.find(key => typeof members.get(key) === 'string' && members.get(key) !== '')
  if (named === undefined) return { name: readingText(value), id: null, about: '' }
  const { [named]: name, id, ...rest } = Object.fromEntries(members)
  const hasId = named !== 'id' && (typeof id === 'string' || typeof id === 'number')
  const about = Object.keys(rest).length === 0 ? '' : readingText(rest)
  return { name: String(name), id: hasId ? String(id) : null, about }
}

function thingText(value: unknown): string {
  const { name, about } = thingOf(value)
  return about === '' ? name : `${name} (${about})`
}

const letters = new Set(['arn', 'dn', 'iam', 'id', 'mfa', 'os', 'rid', 'sku', 'ssh', 'totp', 'url'])

/** `lastSignIn` as "last sign in", `sshKeys` as "SSH keys". */
export function wordsOfName(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`).split(' ')
  return words.map(word => (word !== 'id' && letters.has(word) ? word.toUpperCase() : word)).join(' ')
}
