interface Report {
  enabled: boolean
  deleted: boolean
  /** Milliseconds of the sandbox's clock. */
  due: number
}

/**
 * What Active Directory tells Microsoft 365, as Entra Connect would: whether an account is enabled, or deleted. At
 * once, unless it was told to be slow.
 */
export class DirectorySync {
  readonly #now: () => Date
  readonly #reports = new Map<string, Report[]>()
  #delayMs = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  setDelay(ms: number): void {
    this.#delayMs = ms
  }

  /** @param login user principal name, any case */
  report(login: string, enabled: boolean): void {
    this.#add(login, { enabled, deleted: false })
  }

  reportDeleted(login: string): void {
    this.#add(login, { enabled: false, deleted: true })
  }

  /** The last word that has arrived; undefined where none has. */
  enabled(login: string): boolean | undefined {
    return this.#last(login)?.enabled
  }

  isDeleted(login: string): boolean {
    return this.#last(login)?.deleted === true
  }

  /** Nothing was told yet, and nothing is slow. */
  reset(): void {
    this.#reports.clear()
    this.#delayMs = 0
  }

  #add(login: string, report: Omit<Report, 'due'>): void {
    const reports = this.#reports.get(login.toLowerCase()) ?? []
    reports.push({ ...report, due: this.#now().getTime() + this.#delayMs })
    this.#reports.set(login.toLowerCase(), reports)
  }

  #last(login: string): Report | undefined {
    const now = this.#now().getTime()
    return this.#reports
      .get(login.toLowerCase())
      ?.filter(report => report.due <= now)
      .at(-1)
  }
}
