import { type ListedThing, readingText, thingOf, wordsOfName } from './reading-text.ts'

/** One thing of a reading, before the change and after it. */
export interface State {
  /** Where in the reading: "IAM, access keys". */
  of: string
  /** Which of several: a group, a key, a device. Null where it is not one of several. */
  thing: string | null
  /** Its id, where that is not what it is called. */
  id: string | null
  /** "active: yes", "there"; null where nothing was read then. */
  before: string | null
  after: string | null
}

/**
 * What was read before and after, a thing a line, in the order of the reading; nothing is left out or cut. What is no
 * longer in a list is `gone`, what a list that was not shown would have had is `not seen`.
 * @param before undefined where nothing was read then
 */
export function statesOf(before: unknown, after: unknown): State[] {
  if (before === undefined && after === undefined) return []
  if (isGone(after)) return goneFrom(before)
  return between('', before, after)
}

/** Where an account is gone, all that was read of it is told; of what it had elsewhere this says nothing. */
function goneFrom(before: unknown): State[] {
  const account = { of: 'account', thing: null, id: null, before: before === undefined ? null : 'there', after: 'gone' }
  const had = before === undefined || isGone(before) ? [] : between('', before, undefined)
  return [account, ...had]
}

function isGone(reading: unknown): boolean {
  return isRecord(reading) && reading.gone === true
}

function between(of: string, before: unknown, after: unknown): State[] {
  if (Array.isArray(before) || Array.isArray(after)) return betweenLists(of, before, after)
  if (isRecord(before) || isRecord(after)) {
    const [was, is] = [membersOf(before), membersOf(after)]
    const names = [...new Set([...was.keys(), ...is.keys()])]
    return names.flatMap(name => {
      const place = of === '' ? wordsOfName(name) : `${of}, ${wordsOfName(name)}`
      return between(place, memberIn(before, was, name), memberIn(after, is, name))
    })
  }
  return [{ of: of || 'reading', thing: null, id: null, before: valueText(before), after: valueText(after) }]
}

/** A value that only the other reading has: it was not told in this one. */
const untold = Symbol('untold')

function memberIn(whole: unknown, members: ReadonlyMap<string, unknown>, name: string): unknown {
  if (whole === undefined) return undefined
  return members.has(name) ? members.get(name) : untold
}

function valueText(value: unknown): string | null {
  if (value === undefined) return null
  return value === untold ? 'not told' : readingText(value)
}

function betweenLists(of: string, before: unknown, after: unknown): State[] {
  const [was, is] = [keyed(before), keyed(after)]
  const keys = [...new Set([...was.keys(), ...is.keys()])]
  if (keys.length === 0) return [{ of, thing: null, id: null, before: listText(before), after: listText(after) }]
  return keys.map(key => {
    const [had, has] = [was.get(key), is.get(key)]
    const { name, id } = has ?? had ?? { name: '', id: null }
    return {
      of,
      thing: name,
      id,
      before: had === undefined ? absence(before, 'not there') : had.about || 'there',
      after: has === undefined ? absence(after, 'gone') : has.about || 'there',
    }
  })
}

/** An empty list that was read; a list that was not. */
function listText(list: unknown): string | null {
  return Array.isArray(list) ? 'none' : absence(list, '')
}

/** What a list without the thing says of it. */
function absence(list: unknown, seen: string): string | null {
  if (list === undefined || list === untold) return valueText(list)
  return Array.isArray(list) ? seen : 'not seen'
}

/** Things by what stays the same of them; a second one of the same key gets a key of its own. */
function keyed(list: unknown): Map<string, ListedThing> {
  const things = new Map<string, ListedThing>()
  if (!Array.isArray(list)) return things
  for (const one of list) {
    const thing = thingOf(one)
    const key = JSON.stringify([thing.id ?? thing.name])
    let free = key
    for (let again = 2; things.has(free); again++) free = `${key}#${again}`
    things.set(free, thing)
  }
  return things
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function membersOf(value: unknown): Map<string, unknown> {
  return new Map(isRecord(value) ? Object.entries(value).filter(([, member]) => member !== undefined) : [])
}
