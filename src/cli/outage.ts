/** What went wrong since all was well: each thing is told once, however often it comes. */
export class Outage {
  readonly #told = new Set<string>()
  #left = 0

  /** Whether to tell it now. Numbers in it, a port or a time, make no other thing of it. */
  isNew(text: string): boolean {
    const kind = text.replace(/\d+/g, '#')
    if (this.#told.size < most && !this.#told.has(kind)) {
      this.#told.add(kind)
      return true
    }
    this.#left += 1
    return false
  }

  /** All is well again. Answers how many were told, and how many were not; undefined where nothing was wrong. */
  over(): { told: number; left: number } | undefined {
    const ended = { told: this.#told.size, left: this.#left }
    this.#told.clear()
    this.#left = 0
    return ended.told === 0 ? undefined : ended
  }
}

/** Different things in one outage. */
const most = 5
