import type { FeatureKey } from '../core/features.ts'

/** One feature of a module that is set by hand. */
export interface SeenFeature {
  /** As its console calls it. */
  title: string
  /** What to do once the page is open, where it is not "turn it on or off"; `{state}` becomes "on" or "off". */
  steps?: readonly string[]
  /** What the help pages say of it that one should know. */
  remark?: string
  /** Where that is said, when it is another page than the module's. */
  page?: string
}

/**
 * A module with Unified Login that k1ctl does not reach: nobody published an API for its settings, so all five features
 * are set by hand, in its console.
 */
export interface OtherModule {
  id: string
  title: string
  /** Where its console keeps the settings; absent where no help page says. */
  place?: string
  /** The public help page; absent where none was found. */
  page?: string
  /** Who may do it; absent where no help page says. */
  rights?: string
  /**
   * The features that its help pages show. A feature that is absent was not seen there, which does not mean that the
   * module lacks it.
   */
  seen: Readonly<Partial<Record<FeatureKey, SeenFeature>>>
  /** How exceptions from Require Log In work there; absent where not seen. */
  exceptions?: string
  note?: string
}

/** As most consoles call them. */
export const logInSeen: SeenFeature = { title: 'Enable Log In with KaseyaOne' }
export const requireLogInSeen: SeenFeature = { title: 'Require Log In with KaseyaOne' }
