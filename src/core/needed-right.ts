/** A right that a credential needs, with the calls that need it: no call without one, which a test holds. */
export interface NeededRight {
  /** As whoever grants it calls it: "Write userAccountControl, on users". */
  right: string
  /** `GET /systemusers/{id}`, `MODIFY userAccountControl`: as the client sends them, ids in braces. */
  calls: readonly string[]
  /** "with --delete"; absent where every connection needs it. */
  when?: string
  /** Nothing that can be read tells whether it is there: it shows when it is used. */
  unchecked?: true
}

/** For `SystemAbout`: what is told before anybody signs in, and what no check can tell. */
export function rightsIn(needed: readonly NeededRight[]): { rights: string[]; unchecked: string[] } {
  return {
    rights: needed.map(({ right, when }) => (when === undefined ? right : `${right} (${when})`)),
    unchecked: needed.filter(one => one.unchecked).map(({ right }) => right),
  }
}
