import { foldWord } from '../offboarding/guard.ts'
import type { OffboardingGround } from '../offboarding/offboard.ts'
import type { PersonPlan } from '../offboarding/unit.ts'

/** Somebody else of the same tenant who is called the same. */
export interface Namesake {
  name: string
  /** E-mail, else log-in. */
  who: string
  system: string
}

/** A person waits while this looks. */
const patienceMs = 4_000

/**
 * Who else is called like a leaver, in the directory that knows the leaver and in the system that is everybody's. Looks
 * for a few seconds at the most, and never fails: who is not found this way is not told of.
 */
export async function namesakesOf(plan: PersonPlan, ground: OffboardingGround): Promise<Namesake[]> {
  if (plan.name === '') return []
  const own = new Set(plan.accounts.flatMap(({ account }) => [account.email, account.login, plan.person]).map(foldWord))
  const places = (await ground.reachables(plan.tenant)).filter(r => plan.accounts.some(a => a.system === r.id))
  const asked = new Set([places.find(r => r.about.step === 'directory'), places.find(r => r.about.isEverybodys)])
  const until = performance.now() + patienceMs
  const found = new Map<string, Namesake>()
  await Promise.all(
    [...asked].map(async place => {
      try {
        const session = await place?.open?.()
        for await (const { name, email, login } of session?.people?.list() ?? []) {
          const who = email || login
          if (foldWord(name) === foldWord(plan.name) && !own.has(foldWord(email)) && !own.has(foldWord(login)))
            found.set(foldWord(who), { name, who, system: place?.id ?? '' })
          if (performance.now() > until) return
        }
      } catch {
        // It did not answer now; the plan that was made a moment ago says what did.
      }
    }),
  )
  return [...found.values()]
}
