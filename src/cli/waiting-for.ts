/** What has been asked and has not answered yet, so that a person who waits can be told for whom. */
export class WaitingFor {
  readonly #open = new Map<symbol, { what: string; since: number }>()
  readonly #seen = new Set<string>()

  /** @returns what is called once it has answered */
  begin(what: string): () => void {
    const key = Symbol(what)
    this.#open.set(key, { what, since: performance.now() })
    this.#seen.add(what)
    return () => void this.#open.delete(key)
  }

  /** How many have been asked, and how many of them are waited for. */
  get counts(): { asked: number; open: number } {
    return { asked: this.#seen.size, open: new Set([...this.#open.values()].map(o => o.what)).size }
  }

  /** The one that is waited for longest, as "AWS, 14 s"; empty where nothing is. */
  get longest(): string {
    const [first] = this.#open.values()
    if (!first) return ''
    const seconds = Math.floor((performance.now() - first.since) / 1000)
    return seconds >= 2 ? `${first.what}, ${seconds} s` : first.what
  }
}
