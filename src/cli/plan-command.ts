import { quoted } from '../core/shell.ts'
import type { KeptPerson } from '../offboarding/kept-person.ts'
import { optionWords } from '../offboarding/option-words.ts'
import type { OffboardOptions } from '../offboarding/options.ts'

interface Planned {
  people: readonly Pick<KeptPerson, 'person' | 'tenant' | 'reason' | 'ticket' | 'successor'>[]
  options: OffboardOptions
}

/** So many names are a line that somebody pastes; more were a list, and are given as one again. */
const mostNames = 20

/** The command that makes a plan anew, into the same file; where the plan does not tell it whole, how to make it. */
export function planCommand({ people, options }: Planned, file: string): string {
  const tenants = new Set(people.map(({ tenant }) => tenant))
  const [tenant = ''] = tenants
  const saysMore = people.some(one => [one.reason, one.ticket, one.successor].some(said => said !== undefined))
  if (tenants.size !== 1 || people.length > mostNames || saysMore)
    return `the command that made this one, with --save-plan ${quoted(file)}`
  const names = [...new Set(people.map(({ person }) => quoted(person)))]
  return [
    'k1ctl offboard',
    ...names,
    `--tenant ${quoted(tenant)}`,
    ...optionWords(options),
    `--save-plan ${quoted(file)}`,
  ].join(' ')
}
