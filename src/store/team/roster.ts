import { hash } from 'node:crypto'
import * as z from 'zod/mini'
import { K1Error } from '../../core/errors.ts'
import { hasRole, roles, type TeamOperator, type TeamRole } from '../../core/team.ts'
import { canonicalJson, firstPrev } from '../ledger-chain.ts'
import { isSignedBy, keyIdOf, type OperatorKey } from './operator-key.ts'

const said = { key: z.string(), by: z.string(), at: z.string() }

const statementSchema = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('register'), ...said, name: z.string(), public: z.string() }),
  z.strictObject({ what: z.literal('roles'), ...said, tenant: z.nullable(z.string()), roles: z.array(z.enum(roles)) }),
  z.strictObject({ what: z.literal('revoke'), ...said }),
])

/** What an owner, or whoever registers, says of a key. */
export type Statement = z.infer<typeof statementSchema>

const sealSchema = z.object({ seq: z.int(), prev: z.string(), hash: z.string(), sig: z.string() })

/** Who the operators are, as a chain of signed statements tells. */
export interface Roster {
  operators: TeamOperator[]
  /** Since when the team has keys; undefined while nobody registered. */
  since: string | undefined
  /** How many statements there are, and the hash of each. */
  hashes: string[]
  /** Whether a key could sign entries of runs at a time. */
  mightSign(key: string, at: string): boolean
}

/** A clock of one machine is that much behind another's, at the most, in milliseconds. */
const skew = 120_000

/**
 * Reads the chain from its beginning: each line is signed by somebody who might say it then.
 * @throws K1Error `storage`
 */
export function readRoster(lines: readonly string[], place: string): Roster {
  const operators = new Map<string, TeamOperator>()
  const spans = new Map<string, { from: string; until: string | null }[]>()
  const hashes: string[] = []
  for (const [seq, line] of lines.entries()) {
    const statement = parseStatement(line, seq, hashes.at(-1) ?? firstPrev)
    const wrong = statement === undefined ? 'it is not as k1ctl wrote it' : whyNot(statement.said, operators)
    if (statement === undefined || wrong !== undefined) throw altered(place, seq, wrong ?? '')
    const signer = statement.said.what === 'register' ? statement.said.public : operators.get(statement.said.by)?.public
    if (signer === undefined || !isSignedBy(signer, statement.sig, 'operators', statement.hash))
      throw altered(place, seq, 'its signature does not fit')
    apply(statement.said, operators, seq === 0)
    note(spans, operators.get(statement.said.key), statement.said.at)
    hashes.push(statement.hash)
  }
  return {
    operators: [...operators.values()],
    since: [...operators.values()][0]?.registered,
    hashes,
    mightSign: (key, at) =>
      (spans.get(key) ?? []).some(
        ({ from, until }) => Date.parse(from) - skew <= Date.parse(at) && (until === null || at < until),
      ),
  }
}

/** Why a statement may not be made; undefined when it may. */
export function whyNot(statement: Statement, operators: ReadonlyMap<string, TeamOperator>): string | undefined {
  const { key, by, what } = statement
  if (what === 'register') {
    if (by !== key || keyIdOf(statement.public) !== key) return 'it is not signed by the key that it registers'
    if (operators.has(key)) return 'the key is registered already'
    const taken = [...operators.values()].some(one => one.revoked === null && sameName(one.name, statement.name))
    return taken ? `there is an operator ${statement.name} already` : undefined
  }
  const [speaker, subject] = [operators.get(by), operators.get(key)]
  if (!speaker || speaker.revoked !== null) return 'whoever says it is no operator'
  if (!subject) return 'nobody registered that key'
  if (subject.revoked !== null) return `the key of ${subject.name} is revoked`
  const where = what === 'roles' && statement.tenant !== null ? [statement.tenant] : []
  if (!(what === 'revoke' && by === key) && !hasRole(speaker, 'owner', where))
    return `${speaker.name} is no owner${where.length > 0 ? ` of ${where[0]}` : ''}`
  const left = new Map(structuredClone([...operators]))
  apply(statement, left, false)
  const owned = [...left.values()].some(one => one.revoked === null && hasRole(one, 'owner', []))
  return owned ? undefined : 'nobody would be left who owns all of it'
}

/** The line of a new statement. */
export function makeStatement(statement: Statement, { hashes }: Pick<Roster, 'hashes'>, signer: OperatorKey): string {
  const whole = { seq: hashes.length, ...statement, prev: hashes.at(-1) ?? firstPrev }
  const digest = hashOf(whole)
  return JSON.stringify({ ...whole, hash: digest, sig: signer.sign('operators', digest).sig })
}

function parseStatement(line: string, seq: number, prev: string) {
  try {
    const { seq: own, prev: before, hash: digest, sig, ...rest } = JSON.parse(line)
    const seal = sealSchema.parse({ seq: own, prev: before, hash: digest, sig })
    if (seal.seq !== seq || seal.prev !== prev) return undefined
    const said = statementSchema.parse(rest)
    return hashOf({ ...said, seq, prev }) === seal.hash ? { said, hash: seal.hash, sig: seal.sig } : undefined
  } catch {
    return undefined
  }
}

function hashOf(value: Statement & { seq: number; prev: string }): string {
  return hash('sha256', value.prev + canonicalJson(value), 'hex')
}

function apply(statement: Statement, operators: Map<string, TeamOperator>, isFirst: boolean): void {
  const { key, at } = statement
  if (statement.what === 'register') {
    const first = isFirst ? [{ tenant: null, roles: ['owner' as const] }] : []
    const { name, public: spki } = statement
    operators.set(key, { key, name, public: spki, registered: at, revoked: null, roles: first })
    return
  }
  const one = operators.get(key)
  if (!one) return
  if (statement.what === 'revoke') operators.set(key, { ...one, revoked: at, roles: [] })
  else operators.set(key, { ...one, roles: withRoles(one.roles, statement.tenant, statement.roles) })
}

function withRoles(
  before: TeamOperator['roles'],
  tenant: string | null,
  given: readonly TeamRole[],
): TeamOperator['roles'] {
  const others = before.filter(one => one.tenant?.toLowerCase() !== tenant?.toLowerCase())
  return given.length === 0 ? others : [...others, { tenant, roles: [...new Set(given)] }]
}

/** From when to when somebody might act at all. */
function note(spans: Map<string, { from: string; until: string | null }[]>, one: TeamOperator | undefined, at: string) {
  if (!one) return
  const mine = spans.get(one.key) ?? []
  spans.set(one.key, mine)
  const open = mine.find(span => span.until === null)
  const acts = one.roles.some(({ roles }) => roles.includes('operator') || roles.includes('owner'))
  if (acts && !open) mine.push({ from: at, until: null })
  if (!acts && open) open.until = at
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function altered(place: string, seq: number, why: string): K1Error {
  return new K1Error('storage', `The team's list of operators in ${place} was altered: statement ${seq}: ${why}.`, {
    hint: 'Nothing is changed on its word. Whoever can write the database did that; bring k1ctl.roster back from a backup.',
    facts: { place, seq },
  })
}
