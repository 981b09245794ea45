import { jsonText } from '../core/json.ts'
import type { Evidence } from '../offboarding/evidence-shape.ts'

/**
 * Evidence as one JSON document. The shape is stable: members are added, never renamed or removed, without a new
 * `version`.
 *
 * ```
 * {
 *   "format": "k1ctl-evidence", "version": 1,
 *   "run", "kind": offboarding | change, "command", "operator", "started", "ended",   ISO times
 *   "verdict": proved | unproved | pending | incomplete | unknown-person | interrupted,
 *   "reason", "ticket",                                       text or null
 *   "consents": [{at, by, how: flag | terminal | not-needed}],
 *   "ledger": {state: intact | torn | altered, alteredFrom, entries, hash, doubt (signatures that are wrong; or null)},
 *   "people": [{
 *     person, name, tenant, verdict (also: refused), reason, ticket, refused,
 *     accounts: [{system, title, id, login, email, name}],
 *     steps: [{step: directory | infrastructure | applications | devices, goals: [Goal]}],   always all four
 *     unreached: [{system, title, why}], notConnected: [{system, title}],
 *     residual: [{system, title, note}],
 *     searched: [{system, title, by, words: [text], within, steps: [text], accounts, blind, note}],   or null
 *     leftToAPerson: [Open], waiting: [Open],
 *     attestations: [{goal, title, summary, at, by, note}]
 *   }],
 *   "settings": [Goal],                                       goals that are about no person
 *   "unreached": [{system, title, why}],
 *   "lost": [{goal, system, title, summary, why}]             of an undo: what nobody can give back
 * }
 * Open = {goal, title, summary, why, hint, steps: [text], asked: whether anything was sent for it}
 * Goal = {goal, tenant, system, title, kind, summary, reach: api | contract | by-hand,
 *   end: changed | already | refused | by-hand | pending | failed | unknown | not-finished | not-begun,
 *   proved, at, sentAt, sent, proof,
 *   before, after,                                            what was read, as it is in the ledger; or null
 *   states: [{of, thing, id, before, after}],                 the same, a thing a line, in words
 *   why, hint, steps: [text], differences: [{what, before, after}]}
 * ```
 */
export function evidenceJson(evidence: Evidence): string {
  return `${jsonText({ format: 'k1ctl-evidence', version: 1, ...evidence }, 2)}\n`
}
