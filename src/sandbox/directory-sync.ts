/**
 * What Active Directory tells Microsoft 365, as Entra Connect would: whether an account is enabled. At once, unless it
 * was told to be slow.
 */
export class DirectorySync {
  readonly #now: () => Date
  readonly #reports = new Map<string, { enabled: boolean; due: number }[]>()
  #delayMs = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  setDelay(ms: number): void {
    this.#delayMs = ms
  }

  /** @param login user principal name, any case */
  report(login: string, enabled: boolean): void {
    const reports = this.#reports.get(login.toLowerCase()) ?? []
    reports.push({ enabled, due: this.#now().getTime() + this.#delayMs })
    this.#reports.set(login.toLowerCase(), reports)
  }

  /** The last word that has arrived; undefined where none has. */
  enabled(login: string): boolean | undefined {
    const now = this.#now().getTime()
    return this.#reports
      .get(login.toLowerCase())
      ?.filter(report => report.due <= now)
      .at(-1)?.enabled
  }

  reset(): void {
    this.#reports.clear()
    this.#delayMs = 0
  }
}
