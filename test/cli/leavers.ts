import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { demoFacts, type SeenPerson, type World } from '../../src/sandbox/index.ts'
import { systems as allSystems } from '../../src/systems/index.ts'
import { judgedSystems, openGoals } from '../kill/judge.js'
import { type Call, type Ground, type Ran, type RunOptions, runIn } from './harness.ts'
import { smallWorld } from './small-world.ts'

export const tenant = 'Northwind Dental'
export const domain = 'northwind-dental.example'
/** Every system of the sandbox where people are. */
export const systems = judgedSystems

/** What this tenant does not use, as far as anybody told; services that each have a name are not missed. */
export const elsewhere = allSystems
  .filter(({ about }) => about.named !== true && !systems.includes(about.id))
  .map(({ about }) => about.id)

/** Somebody with an ordinary account everywhere: 0 to 13. */
export function leaver(index: number): string {
  const person = demoFacts.leavers[index]
  if (person === undefined) throw new Error(`There is no leaver ${index}.`)
  return person
}

export type Follower = 'bms' | 'graphus' | 'datto-partner-portal'

/** Northwind alone, where exactly these modules follow KaseyaOne. */
export function northwind(...following: Follower[]): World {
  const world = smallWorld('first')
  for (const seed of world.tenants) {
    if (seed.bms) seed.bms.settings.deprovisioning = following.includes('bms')
    for (const module of ['graphus', 'datto-partner-portal'] as const) {
      const on = following.includes(module)
      Object.assign(seed[module] ?? {}, { linked: true, logIn: true, deprovisioning: on })
    }
  }
  return world
}

export const everyFollower = ['bms', 'graphus', 'datto-partner-portal'] as const

/** Who is in a system of Northwind, as the simulator says behind k1ctl's back. */
export async function staffOf(ground: Ground, system: string): Promise<SeenPerson[]> {
  const { people } = (await ground.control(system, 'state')) as { people: Record<string, SeenPerson[]> }
  return people[demoFacts.tenants.first] ?? []
}

export async function personIn(ground: Ground, system: string, email: string): Promise<SeenPerson> {
  const found = (await staffOf(ground, system)).find(one => [one.email, one.login, ...one.aliases].includes(email))
  if (!found) throw new Error(`${email} is not in ${system}.`)
  return found
}

/** What does not hold for these people, by the simulators' state: sentences. */
export async function stillOpen(ground: Ground, ...people: string[]): Promise<string[]> {
  const states = await Promise.all(systems.map(async id => [id, await staffOf(ground, id)] as const))
  return people.flatMap(email => openGoals(email, Object.fromEntries(states)))
}

/** The writes that every system took, in their order of arrival. */
export async function allWrites(ground: Ground): Promise<(Call & { system: string; digest?: string })[]> {
  const calls = await Promise.all(
    Object.keys(ground.sandbox.systems).map(async system =>
      (await ground.writes(system)).map(call => ({ ...call, system })),
    ),
  )
  return calls.flat().sort((a, b) => a.at.localeCompare(b.at))
}

export async function forgetCalls(ground: Ground): Promise<void> {
  for (const system of Object.keys(ground.sandbox.systems)) await ground.control(system, 'calls', { method: 'DELETE' })
}

export async function clearFaults(ground: Ground): Promise<void> {
  for (const system of Object.keys(ground.sandbox.systems)) await ground.control(system, 'faults', { method: 'DELETE' })
}

/** Nothing answers there until the faults are cleared. */
export async function takeDown(ground: Ground, system: string): Promise<void> {
  await ground.fault(system, { drop: 'before', times: 0 })
}

/** Another operator's home over the same simulators, as it is now. */
export function copyHome(ground: Ground): {
  home: string
  k1ctl(words: readonly string[], options?: RunOptions): Promise<Ran>
  remove(): void
} {
  const home = mkdtempSync(join(tmpdir(), 'k1ctl-copy-'))
  cpSync(ground.home, home, { recursive: true })
  return {
    home,
    k1ctl: (words, options) => runIn(home, words, options),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

export interface OffboardEventLine {
  type: string
  run: string | null
  person?: string
  tenant?: string
  system?: string
  goal?: string
  kind?: string
  end?: string
  proved?: boolean
  reading?: unknown
  verdict?: string
  people?: { person: string; tenant: string; name: string; verdict: string; why?: string }[]
  [member: string]: unknown
}

/** Lines of NDJSON; each must be an object. */
export function eventsOf({ stdout }: Ran): OffboardEventLine[] {
  expect(stdout.endsWith('\n')).toBe(true)
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as OffboardEventLine)
}

export interface RunDocument {
  run: string
  verdict: string
  people: {
    person: string
    tenant: string
    name: string
    verdict: string
    why?: string
    hint?: string
    unreached: { system: string; why: string }[]
    notConnected: string[]
    residual: { system: string; note: string }[]
    results: {
      goal: string
      system: string
      kind: string
      reach: string
      end: string
      proved: boolean
      why?: string
      hint?: string
      steps?: string[]
      reading?: unknown
      differences: unknown[]
    }[]
  }[]
}

export function documentOf({ stdout }: Ran): RunDocument {
  return JSON.parse(stdout) as RunDocument
}

/** "graphus/sign-in-blocked": how it ended, of the one person of a document. */
export function endsOf(document: RunDocument, person?: string): Record<string, string> {
  const meant = document.people.filter(p => person === undefined || p.person === person)
  expect(meant).toHaveLength(1)
  return Object.fromEntries(meant.flatMap(p => p.results.map(r => [`${r.system}/${r.kind}`, r.end])))
}

export function resultIn(document: RunDocument, system: string, kind: string, person?: string) {
  const meant = document.people.filter(p => person === undefined || p.person === person)
  const found = meant.flatMap(p => p.results).filter(r => r.system === system && r.kind === kind)
  const [result] = found
  if (!result || found.length > 1) throw new Error(`There are ${found.length} results of ${system}/${kind}.`)
  return result
}
