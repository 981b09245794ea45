import type { TenantRecord } from '../core/stores.ts'
import type { OffboardOptions } from '../offboarding/options.ts'
import type { Context } from './command.ts'
import { type FoundPerson, foundPeople, nearestPeople, placesText } from './nearest-people.ts'
import { titlesFor } from './offboard-run.ts'
import { havingWords, searchPeople } from './people-search.ts'
import { reachablesOf } from './reachables.ts'
import type { Sessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { WaitingFor } from './waiting-for.ts'

/** Is it an address? Then it is taken as it is: an offboarding looks it up everywhere. */
const address = /^\S+@\S+$/

/**
 * Who leaves, where the call names nobody: an address is taken as it is; anything else is looked for in all that is
 * connected, as `people find` does, and the person picks whom they mean. Answers an e-mail or a log-in.
 * @throws K1Error `cancelled`
 */
export async function chooseLeaver(
  context: Context,
  sessions: Sessions,
  tenants: readonly TenantRecord[],
  options: Pick<OffboardOptions, 'only' | 'except'>,
): Promise<string> {
  const { app, output } = context
  const prompter = await app.prompter()
  const reachables = reachablesOf(context, sessions, options)
  for (;;) {
    const typed = await prompter.input('Who leaves? (e-mail, log-in, or a part of the name)', {
      validate: text => text.trim() !== '' || 'Esc cancels.',
    })
    const text = typed.trim()
    if (address.test(text)) return text
    const places = (await Promise.all(tenants.map(t => reachables(t.name)))).flat()
    const waiting = new WaitingFor()
    const { hits, failures } = await spinning(
      context,
      () => `Looking in ${waiting.counts.asked} systems${waiting.longest ? ` · waits for ${waiting.longest}` : ''}`,
      () => searchPeople(places, havingWords(text), title => waiting.begin(title)),
    )
    for (const { title, why } of failures) output.warn(`${output.talk.red('!')} ${title}: ${why}`)
    const found = foundPeople(hits)
    const people = found.length > 0 ? found : await nearestPeople(context, places, text)
    if (people.length === 0) {
      output.warn(`Nobody is like "${text}"${failures.length > 0 ? ', where it could be looked' : ''}.`)
      continue
    }
    const titles = await titlesFor(context)
    return prompter.choose(
      found.length > 0 ? 'Who?' : `Nobody is called "${text}". Who is meant?`,
      people.map(person => ({
        value: person.who,
        name: person.name || person.who,
        description: about(person, titles),
      })),
    )
  }
}

function about({ who, systems, isActive }: FoundPerson, titles: (system: string) => string): string {
  return [who, placesText(systems.map(titles)), isActive ? '' : 'inactive'].filter(Boolean).join(' · ')
}
