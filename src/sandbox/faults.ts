/** Faults that a test or a demo puts in front of a simulator: what goes wrong between a client and a real system. */

export interface Fault {
  /** Any case; absent: every method. */
  method?: string
  /**
   * Regular expression, tested on path and query below the system's base, and behind a space on the operation, where the
   * path does not tell what is asked; absent: every path.
   */
  path?: string
  /** How often it strikes; 0 is always. Default 1. */
  times?: number
  /** True: only calls that could change something; false: only the others, signing in among them. Absent: all. */
  write?: boolean
  /** Matching calls that pass first. */
  skip?: number
  /** Answer this instead of asking the simulator. */
  status?: number
  /** Alone, or with `omit`, `delayMs` or `lateMs`, they are added to the simulator's own answer. */
  headers?: Record<string, string>
  /** A string is sent as it is: broken JSON, HTML. */
  body?: unknown
  /** The simulator acts this much later. */
  delayMs?: number
  /** The simulator acts, and its answer comes this much later. */
  lateMs?: number
  /** Closes the socket before the simulator acts, or after it acted. */
  drop?: 'before' | 'after'
  /** BMS: a 200 with the failure inside the envelope; elsewhere problem+json, with `status` or 422. */
  error?: { Code: number | string; Message: string }
  /** The answer (`status`, or 500) says back what was sent, headers and body, as careless servers' error pages do. */
  echo?: true
  /** Never answers; the simulator does not act. */
  hang?: true
  /** Dotted member names taken out of the simulator's JSON answer; case is ignored, arrays are walked through. */
  omit?: string[]
  /** Adds a member that nobody knows to every object of the simulator's answer, as a newer version of a system does. */
  extra?: true
}

export class FaultList {
  #faults: { fault: Fault; method: string | undefined; path: RegExp; left: number; skip: number }[] = []

  add(faults: readonly Fault[]): void {
    for (const fault of faults) {
      this.#faults.push({
        fault,
        method: fault.method?.toUpperCase(),
        path: new RegExp(fault.path ?? ''),
        left: fault.times === 0 ? Number.POSITIVE_INFINITY : (fault.times ?? 1),
        skip: fault.skip ?? 0,
      })
    }
  }

  /** The faults still to strike, with what is left of `times` and `skip`. */
  list(): Fault[] {
    return this.#faults.map(({ fault, left, skip }) => ({
      ...fault,
      times: Number.isFinite(left) ? left : 0,
      ...(skip > 0 ? { skip } : {}),
    }))
  }

  clear(): void {
    this.#faults = []
  }

  /** The fault that strikes this call, used up by one; at most one strikes a call, the oldest first. */
  take(method: string, target: string, couldWrite: boolean): Fault | null {
    return this.#take(method, target, couldWrite, () => true)
  }

  /** The same of a part of a call that carries several: only one that names a path, and is about the answer, strikes it. */
  takePart(method: string, target: string, couldWrite: boolean): Fault | null {
    const isAboutAnswer = ({ path, status, body, error, omit }: Fault) =>
      path !== undefined && [status, body, error, omit].some(member => member !== undefined)
    return this.#take(method, target, couldWrite, isAboutAnswer)
  }

  #take(method: string, target: string, couldWrite: boolean, strikes: (fault: Fault) => boolean): Fault | null {
    for (const entry of this.#faults) {
      if (!strikes(entry.fault)) continue
      if ((entry.method !== undefined && entry.method !== method) || !entry.path.test(target)) continue
      if ((entry.fault.write ?? couldWrite) !== couldWrite) continue
      if (entry.skip > 0) {
        entry.skip -= 1
        continue
      }
      entry.left -= 1
      this.#faults = this.#faults.filter(other => other.left > 0)
      return entry.fault
    }
    return null
  }
}

const checks: Record<keyof Fault, (value: unknown) => boolean> = {
  method: value => typeof value === 'string',
  path: value => typeof value === 'string' && isPattern(value),
  times: isCount,
  write: value => typeof value === 'boolean',
  skip: isCount,
  status: value => isCount(value) && Number(value) >= 200 && Number(value) <= 599,
  headers: value => isObject(value) && Object.values(value).every(text => typeof text === 'string'),
  body: () => true,
  delayMs: isCount,
  lateMs: isCount,
  drop: value => value === 'before' || value === 'after',
  error: value =>
    isObject(value) &&
    (typeof value.Code === 'number' || typeof value.Code === 'string') &&
    typeof value.Message === 'string',
  echo: value => value === true,
  hang: value => value === true,
  omit: value => Array.isArray(value) && value.every(name => typeof name === 'string'),
  extra: value => value === true,
}

/** One fault or an array of them. @throws Error that names the wrong member: a misspelt fault must not pass unnoticed. */
export function parseFaults(value: unknown): Fault[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.map((item, index) => {
    if (!isFault(item)) throw new Error(`Fault ${index + 1}: ${whatIsWrong(item)}`)
    return item
  })
}

function isFault(item: unknown): item is Fault {
  return whatIsWrong(item) === null
}

function whatIsWrong(item: unknown): string | null {
  if (!isObject(item)) return 'must be an object'
  for (const [name, value] of Object.entries(item)) {
    const check = Object.entries(checks).find(([known]) => known === name)?.[1]
    if (check === undefined) return `unknown member "${name}"`
    if (!check(value)) return `"${name}" has a value that it cannot have`
  }
  return null
}

/** The value without the named members. The original stays as it is: it may be the simulator's own state. */
export function omitMembers(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((left, name) => omitPath(left, name.toLowerCase().split('.')), value)
}

function omitPath(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map(item => omitPath(item, path))
  const [head, ...rest] = path
  if (!isObject(value) || head === undefined) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      if (name.toLowerCase() !== head) return [[name, member]]
      return rest.length === 0 ? [] : [[name, omitPath(member, rest)]]
    }),
  )
}

/** What `extra` adds, with a text as its value. */
export const extraMember = 'sandboxExtra'

/** The answer with the extra member in every object; in XML at the end of every element that has elements. */
export function addMembers(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('<?xml') ? addElements(value) : value
  if (Array.isArray(value)) return value.map(addMembers)
  if (!isObject(value)) return value
  const members = Object.entries(value).map(([name, member]) => [name, inner(member)])
  return { ...Object.fromEntries(members), [extraMember]: 'new' }
}

/** A text inside an object is a value, also where it happens to be XML. */
function inner(member: unknown): unknown {
  return typeof member === 'string' ? member : addMembers(member)
}

function addElements(xml: string): string {
  return xml.replace(/(<\/[^<>]+>|\/>)(?=<\/)/g, `$1<${extraMember}>new</${extraMember}>`)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
