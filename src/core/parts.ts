import { asK1Error, type K1Error } from './errors.ts'

/**
 * A part of what one goal stands on. What came is acted on; while a part is missing, the goal does not hold, and when
 * nothing else is left to do, it is what the goal says.
 */
export type Part<T> = { value: T; error?: undefined } | { value?: undefined; error: K1Error }

/** @throws K1Error `cancelled` */
export async function partOf<T>(read: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await read }
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (error.kind === 'cancelled') throw error
    return { error }
  }
}

/** By what a person calls them: "What is enrolled in Intune"; undefined is what was not asked for. */
export type NamedParts = Readonly<Record<string, Part<unknown> | undefined>>

/** The first failure among parts. */
export function failureIn(parts: readonly (Part<unknown> | undefined)[]): K1Error | undefined {
  return parts.find(part => part?.error !== undefined)?.error
}

/**
 * Where all that was shown is as it should be, what was not shown decides: then nobody knows.
 * @throws K1Error the first failure among them
 */
export function unlessHidden(isClean: boolean, parts: readonly (Part<unknown> | undefined)[]): void {
  const error = isClean ? failureIn(parts) : undefined
  if (error) throw error
}

/** What is made of it, where it was seen. */
export function inPart<T, R>(part: Part<T>, make: (value: T) => R): Part<R> {
  return part.error === undefined ? { value: make(part.value) } : part
}

/** What is written down of a list; null where it was not seen. */
export function listInPart<T, R>({ value }: Part<readonly T[]>, show: (one: T) => R): R[] | null {
  return value === undefined ? null : value.map(show)
}

/** For a plan, by name: "What Intune has enrolled could not be read: …". */
export function notSeen(parts: NamedParts): string[] {
  return Object.entries(parts).flatMap(([what, part]) =>
    part?.error === undefined ? [] : [`${what} could not be read: ${part.error.message}`],
  )
}
