const hour = 3_600_000

/** 1,500 requests an hour and endpoint, counted for each company, over the sixty minutes before the request. */
export class Budget {
  perHour = 1500
  /** By endpoint: when requests came, in order, and how many of those are older than an hour. */
  readonly #spent = new Map<string, { times: number[]; past: number }>()

  /** False when the hour is used up; a refused request is not counted. */
  spend(endpoint: string, now: Date): boolean {
    const since = now.getTime() - hour
    const spent = this.#spent.get(endpoint) ?? { times: [], past: 0 }
    this.#spent.set(endpoint, spent)
    while ((spent.times[spent.past] ?? Number.POSITIVE_INFINITY) <= since) spent.past += 1
    if (spent.times.length - spent.past >= this.perHour) return false
    spent.times.push(now.getTime())
    return true
  }

  reset(): void {
    this.perHour = 1500
    this.#spent.clear()
  }
}
