import { asK1Error, hadNoEffect, isK1Error, type K1Error } from './errors.ts'

/** One value before and after, for a person: "Exceptions", "none", "amy@x.example". */
export interface Difference {
  what: string
  before: string
  after: string
}

/** One thing that has to change: a group, a key, a device, an owner. */
export interface Change extends Difference {
  /** Which one it is among the changes of its goal. The same thing has the same id in the next look. */
  id: string
  /** What it is called, where `before` does not tell: of what is given back. */
  name?: string
  /** The thing that this is a step towards; the last step has the id of the thing itself. */
  of?: string
  /**
   * It is not sent yet, and looked at until it may be. `until-over`: or until the waiting is over, whatever came of it.
   * `until-ready`: not before a look lists it without this.
   */
  waits?: 'until-over' | 'until-ready'
  /** It may be sent again when nobody knows whether it arrived, also where its goal may not. */
  again?: true
  /**
   * It is written down by itself, before it is sent and once it is answered, so that no more than one is ever in doubt:
   * an order that must not be given twice. Others that stand side by side go together.
   */
  alone?: true
  /** Once taken it is never sent again, not even where that is asked for; absent where a look shows that it came to nothing. */
  once?: true
  /**
   * No look can show it (a new password, a sign-out): when it was refused, the goal failed, whatever can be read; and it
   * is `unshown` of its goal.
   */
  blind?: true
}

/** What came of one change: taken, or refused and why. */
export interface Taken {
  id: string
  /** Absent: taken. */
  error?: K1Error
  /** Nothing was sent, on purpose. */
  skipped?: true
  /** The system says that it is done already; what to say when a look shows that it is not. */
  doneNow?: K1Error
  /** What a later process needs to ask what came of it: the id of a command. Never a secret. */
  note?: string
  /** The system says that it takes so long: looking before is not worth while, in milliseconds. */
  afterMs?: number
}

/**
 * Takes things one after the other, whatever becomes of each: one that is refused leaves no other as it was. Only after
 * one that did harm beside itself (it took others out of a group) nothing more is asked for.
 * @throws K1Error `cancelled`: then the rest was not tried
 */
export function oneByOne<C extends Change>(
  take: (change: C) => Promise<unknown>,
): (changes: readonly C[]) => Promise<readonly Taken[]> {
  return async changes => {
    const taken: Taken[] = []
    let harm: K1Error | undefined
    for (const change of changes) {
      const answer: Taken = harm ? { id: change.id, error: harm } : await takeOne(change, take)
      if (answer.error && didHarm(answer.error)) harm = answer.error
      taken.push(answer)
    }
    return taken
  }
}

/** What went wrong counts, whatever a look at the thing itself shows: something else was harmed, or may have been. */
export function didHarm({ facts }: K1Error): boolean {
  return facts.harm === true || facts.harm === 'unseen'
}

/** One after the other, as long as each is taken: what comes after one that was refused is not asked for. */
export function whileTaken<C extends Change>(
  take: (change: C) => Promise<unknown>,
): (changes: readonly C[]) => Promise<readonly Taken[]> {
  return async changes => {
    const taken: Taken[] = []
    let refusal: K1Error | undefined
    for (const change of changes) {
      const answer: Taken = refusal ? { id: change.id, error: refusal } : await takeOne(change, take)
      if (answer.error && hadNoEffect(answer.error)) refusal = answer.error
      taken.push(answer)
    }
    return taken
  }
}

/** The same, side by side, where the order makes no difference and the system minds no crowd. */
export function sideBySide<C extends Change>(
  take: (change: C) => Promise<unknown>,
): (changes: readonly C[]) => Promise<readonly Taken[]> {
  return changes => Promise.all(changes.map(change => takeOne(change, take)))
}

/** All of it in one request: one answer for all. */
export function allAtOnce<C extends Change>(
  take: (changes: readonly C[]) => Promise<unknown>,
): (changes: readonly C[]) => Promise<readonly Taken[]> {
  return async changes => {
    const [first] = changes
    if (first === undefined) return []
    const { error } = await takeOne(first, () => take(changes))
    return changes.map(({ id }) => (error ? { id, error } : { id }))
  }
}

export async function takeOne<C extends Change>(change: C, take: (change: C) => Promise<unknown>): Promise<Taken> {
  try {
    await take(change)
    return { id: change.id }
  } catch (thrown) {
    if (isK1Error(thrown) && thrown.kind === 'cancelled') throw thrown
    return { id: change.id, error: asK1Error(thrown) }
  }
}

/** Changes of one kind of thing as one line: "Groups: Sales, HR → none". */
export function differencesOf(changes: readonly Change[]): Difference[] {
  const lines = new Map<string, { before: Set<string>; after: Set<string> }>()
  for (const { what, before, after } of changes) {
    const line = lines.get(what) ?? { before: new Set(), after: new Set() }
    lines.set(what, { before: line.before.add(before), after: line.after.add(after) })
  }
  return [...lines].map(([what, { before, after }]) => ({
    what,
    before: [...before].join(', '),
    after: [...after].join(', '),
  }))
}
