/** SCIM 2.0 filters (RFC 7644, 3.4.2.2), built so that a value can never become syntax. */

export type Operator = 'eq' | 'co' | 'sw'

/** A finished filter; only the functions of this file make one. */
export interface Filter {
  readonly text: string
}

/** `compare('userName', 'eq', 'amy')` -> `userName eq "amy"`. RFC 7644 spells values as JSON does, escapes and all. */
export function comparison(attribute: string, operator: Operator, value: string): Filter {
  return { text: `${attribute} ${operator} ${JSON.stringify(value)}` }
}

/** One of them at least holds. */
export function anyOf(...filters: readonly [Filter, ...Filter[]]): Filter {
  return { text: filters.map(filter => filter.text).join(' or ') }
}
