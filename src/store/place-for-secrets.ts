/** One place that keeps secrets; `secret-store.ts` chooses among several. */
export interface PlaceForSecrets {
  write(ref: string, values: Record<string, string>): Promise<void>
  /** Undefined when nothing is kept there under `ref`. */
  read(ref: string): Promise<Record<string, string> | undefined>
  /** What is not there is removed already. */
  remove(ref: string): Promise<void>
  probe(): Promise<{ works: boolean; why: string }>
}
