/** A reading in a line says the most that fits a cell of a report. */
const longest = 200

/** A small JSON reading as a line for a person: "active: no, groups: Staff; Finance". */
export function readingText(reading: unknown): string {
  const text = textOf(reading)
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(named).join('; ')
  if (typeof value !== 'object') return ''
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return members.map(([name, member]) => `${wordsOf(name)}: ${textOf(member)}`).join(', ') || 'none'
}

/** A thing of a list by its name, where it has one: ids mean nothing to a reader. */
function named(value: unknown): string {
  if (typeof value !== 'object' || value === null) return textOf(value)
  for (const name of ['name', 'login', 'email', 'id']) {
    const member: unknown = Reflect.get(value, name)
    if (typeof member === 'string' && member !== '') return member
  }
  return textOf(value)
}

/** `lastSignIn` as "last sign in". */
function wordsOf(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
}
