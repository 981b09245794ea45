import type { Subject } from '../core/ledger-store.ts'
import type { Verdict } from './verdict.ts'

/**
 * Lets the units of one tenant go first, and the others only once each of those ended well enough: changed, there
 * already, or left to a person. What is not let through stays planned, so that a resume may take it up.
 */
export function canaryGate(tenant: string | undefined) {
  const waiting = new Set<string>()
  let isGood = true
  let open: () => void = () => undefined
  const passed = new Promise<void>(resolve => {
    open = resolve
  })
  const isFirst = ({ subject }: { subject: Subject }) => subject.tenant === tenant
  return {
    async *behind<U extends { subject: Subject }>(units: readonly U[]): AsyncGenerator<U> {
      const first = units.filter(isFirst)
      for (const { subject } of first) waiting.add(subject.name)
      yield* first
      if (first.length > 0) await passed
      if (isGood) yield* units.filter(unit => !isFirst(unit))
    },
    /** Of each unit that ended. */
    note(report: { subject: Subject; verdict: Verdict }): void {
      if (!isFirst(report)) return
      waiting.delete(report.subject.name)
      isGood &&= report.verdict !== 'incomplete'
      if (waiting.size === 0) open()
    },
  }
}
