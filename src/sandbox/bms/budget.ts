const hour = 3_600_000

/** 1,500 requests an hour and endpoint, counted for each company, over the sixty minutes before the request. */
export class Budget {
  perHour = 1500
  readonly #spent = new Map<string, number[]>()

  /** False when the hour is used up; a refused request is not counted. */
  spend(endpoint: string, now: Date): boolean {
    const since = now.getTime() - hour
    const times = (this.#spent.get(endpoint) ?? []).filter(time => time > since)
    const allowed = times.length < this.perHour
    if (allowed) times.push(now.getTime())
    this.#spent.set(endpoint, times)
    return allowed
  }

  reset(): void {
    this.perHour = 1500
    this.#spent.clear()
  }
}
