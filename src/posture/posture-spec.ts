import type { ModuleSettings } from '../core/features.ts'
import type { Intent } from './intent.ts'
import type { ModuleTarget } from './target.ts'

/** What the ledger keeps of a posture goal: enough to look, and to go on, in another process. */
export interface PostureSpec {
  kind: 'posture'
  intent: Intent
  target: ModuleTarget | null
  /** As the goals before it were to leave it. */
  plannedOn: ModuleSettings | null
  /** As it was found; absent where an earlier version wrote it: there the two are one. */
  foundOn?: ModuleSettings
  /** In an undo: what was there before. */
  back?: unknown
}

/** What the ledger keeps of what could not even be planned. */
export interface PostureAsk {
  kind: 'posture'
  intents: readonly Intent[]
}

export function isPostureAsk(asks: unknown): asks is PostureAsk {
  return typeof asks === 'object' && asks !== null && 'kind' in asks && asks.kind === 'posture' && 'intents' in asks
}

export function isPostureSpec(spec: unknown): spec is PostureSpec {
  return typeof spec === 'object' && spec !== null && 'kind' in spec && spec.kind === 'posture' && 'intent' in spec
}
