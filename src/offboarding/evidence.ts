import type { LedgerReading } from '../core/ledger-store.ts'
import type { SystemAbout } from '../core/system.ts'
import { lostIn } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import { attestationsOf, goalsOf } from './evidence-goals.ts'
import { mergePeople, personOf } from './evidence-people.ts'
import { placesOf } from './evidence-place.ts'
import type { Evidence } from './evidence-shape.ts'
import { member, parsePlanEntry, textOr } from './ledger-words.ts'

/**
 * The evidence of a run, from its ledger alone.
 * @param doubt what is wrong with its signatures
 * @throws K1Error `storage` when the ledger has no plan, or was altered from its first entry on
 */
export function evidenceOf(
  reading: LedgerReading,
  systems: readonly SystemAbout[],
  doubt: string | null = null,
): Evidence {
  const record = foldRun(reading)
  const { entries, chain } = reading
  const placeOf = placesOf(systems)
  const plans = entries.filter(e => e.type === 'plan').map(parsePlanEntry)
  const [head] = plans
  const before = new Map(record.units.flatMap(unit => [...unit.before]))
  const goals = goalsOf(plans, entries, before, placeOf)
  const attestations = attestationsOf(entries, goals)
  // Whoever forged a ledger has proved nothing with it.
  const trusted = <V extends string>(verdict: V) => (doubt !== null && verdict === 'proved' ? 'unproved' : verdict)
  const people = mergePeople(plans)
    .map(plan => personOf(plan, goals, attestations, placeOf))
    .map(person => ({ ...person, verdict: trusted(person.verdict) }))
  const inPeople = new Set(people.flatMap(p => p.steps.flatMap(s => s.goals.map(g => g.goal))))
  const { run, header, startedAt, endedAt, verdict } = record
  return {
    run,
    kind: header.kind === 'offboarding' ? 'offboarding' : 'change',
    command: header.command,
    operator: header.operator,
    started: startedAt,
    ended: endedAt,
    verdict: trusted(verdict),
    reason: head?.reason ?? null,
    ticket: head?.ticket ?? null,
    consents: entries
      .filter(e => e.type === 'consent')
      .map(({ at, data }) => ({ at, by: textOr(member(data, 'by'), ''), how: textOr(member(data, 'how'), '') })),
    ledger: {
      state: chain.state,
      alteredFrom: chain.state === 'altered' ? chain.seq : null,
      entries: entries.length,
      hash: entries.at(-1)?.hash ?? null,
      doubt,
    },
    people,
    settings: [...goals.values()].filter(g => !inPeople.has(g.goal)),
    unreached: plans
      .filter(p => p.person === null)
      .flatMap(p => p.unreached)
      .map(u => ({ ...u, title: placeOf(u.system).title })),
    lost: lostIn(header).map(one => {
      const said = (name: string) => textOr(member(one, name), '')
      const system = said('system')
      return { goal: said('goal'), system, title: placeOf(system).title, summary: said('summary'), why: said('why') }
    }),
  }
}
