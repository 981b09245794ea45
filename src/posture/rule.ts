import type { FeatureKey } from '../core/features.ts'

/** Where a posture file says something. */
export interface LineOfFile {
  file: string
  /** From 1. */
  line: number
}

/** One thing that a posture file says of one module: the smallest that can be overridden, compared and accepted. */
export type Rule = { id: string; at: LineOfFile } & (
  | { kind: 'state'; feature: FeatureKey; on: boolean }
  /** Exactly these are excepted from Require Log In: e-mails or log-ins, or roles by name. */
  | { kind: 'users' | 'roles'; feature: 'require-log-in'; words: readonly string[] }
  /** What people get whom the module creates, by name. */
  | { kind: 'default'; feature: 'user-creation'; key: string; word: string }
  /** A KaseyaOne group is mapped to exactly these roles; to none: it is not mapped. */
  | { kind: 'group'; feature: 'access-groups'; group: string; words: readonly string[] }
)

/** A deviation that somebody accepted, as it was then. */
export interface Acceptance {
  /** Id of the rule within its module. */
  rule: string
  /** What was found, as `check` shows it: another finding is another deviation. */
  found: string
  reason: string
  by: string
  /** ISO dates; `until` is the last day on which it counts. */
  since: string
  until?: string
  at: LineOfFile
}

/** What a posture file says of one module of one tenant. */
export interface ModulePosture {
  system: string
  rules: readonly Rule[]
  accepted: readonly Acceptance[]
  /** Where it says that the tenant has no licence for it. */
  unlicensed?: LineOfFile
}

/** `require-log-in`, `require-log-in/except`, `user-creation/defaults/department`, `access-groups/groups/Service Desk`. */
export function ruleId(kind: Rule['kind'], feature: FeatureKey, name = ''): string {
  switch (kind) {
    case 'state':
      return feature
    case 'users':
      return 'require-log-in/except'
    case 'roles':
      return 'require-log-in/except-roles'
    case 'default':
      return `user-creation/defaults/${name}`
    case 'group':
      return `access-groups/groups/${name}`
  }
}

/** What the rule wants, as one line: "on", "amy@x.example, k1ctl", "none". */
export function wantedText(rule: Rule): string {
  switch (rule.kind) {
    case 'state':
      return rule.on ? 'on' : 'off'
    case 'default':
      return rule.word
    default:
      return listedNames(rule.words, rule.kind === 'group' ? 'not mapped' : 'none')
  }
}

/** Sorted, so that the same things are the same text. */
export function listedNames(names: readonly string[], none: string): string {
  return names.length === 0 ? none : [...names].sort((a, b) => a.localeCompare(b, 'en')).join(', ')
}
