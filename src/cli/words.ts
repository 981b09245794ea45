import { K1Error } from '../core/errors.ts'
import type { FlagOption, SwitchOption, ValueOption } from './option-spellings.ts'

/** The words of one call: arguments by position, options by name. Typed access, so that no command parses by itself. */
export class Words {
  readonly #args: readonly (string | readonly string[] | undefined)[]
  readonly #options: Readonly<Record<string, unknown>>

  constructor(args: readonly (string | readonly string[] | undefined)[], options: Readonly<Record<string, unknown>>) {
    this.#args = args
    this.#options = options
  }

  /** The argument at this position; commander has already refused a call that lacks a required one. */
  arg(index: number): string | undefined {
    const value = this.#args[index]
    return typeof value === 'string' ? value : undefined
  }

  required(index: number, name: string): string {
    const value = this.arg(index)
    if (value === undefined || value === '') throw new K1Error('usage', `${name} is missing.`)
    return value
  }

  /** The arguments from this position on. */
  rest(index: number): readonly string[] {
    const value = this.#args[index]
    return Array.isArray(value) ? value : []
  }

  flag(name: FlagOption): boolean {
    return this.#options[name] === true
  }

  /** False when `--no-<name>` was given. */
  allowed(name: SwitchOption): boolean {
    return this.#options[name] !== false
  }

  text(name: ValueOption): string | undefined {
    const value = this.#options[name]
    return typeof value === 'string' ? value : undefined
  }

  list(name: ValueOption): readonly string[] {
    const value = this.#options[name]
    return Array.isArray(value) ? value : []
  }

  /** The names of all options that were given. Of `--no-<name>` also where it was not: then it is true. */
  given(): readonly string[] {
    return Object.keys(this.#options).filter(name => {
      const value = this.#options[name]
      return Array.isArray(value) ? value.length > 0 : value !== undefined
    })
  }

  /** A whole number within bounds. */
  number(name: ValueOption, bounds: Bounds): number | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : wholeNumber(flagOf(name), value, bounds)
  }
}

/** An option as it is typed: `--max-share` for `maxShare`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

export interface Bounds {
  least: number
  most: number
  of?: 'seconds' | 'minutes'
}

/** @throws K1Error `usage`, naming the option or variable that it came from */
export function wholeNumber(name: string, text: string, { least, most, of }: Bounds): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new K1Error(
    'usage',
    `${name} takes a whole number${of ? ` of ${of}` : ''} from ${least} to ${most}, not "${text}".`,
  )
}
