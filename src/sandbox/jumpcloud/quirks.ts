import type { Cloud } from './cloud.ts'
import { type QuirkName, quirks } from './known-quirks.ts'
import { Refusal } from './refusal.ts'

/** @throws Error that names the wrong one: a misspelt quirk must not pass unnoticed */
export function setQuirks(on: Set<QuirkName>, wanted: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(wanted)) {
    const known = quirks.find(quirk => quirk.name === name)
    if (known === undefined)
      throw new Error(`There is no quirk ${name}, only ${quirks.map(one => one.name).join(', ')}.`)
    if (value === true) on.add(known.name)
    else on.delete(known.name)
  }
}

const hidden: readonly { quirk: QuirkName; what: RegExp }[] = [
  { quirk: 'devicesHidden', what: /^\/api\/(?:v2\/)?systems(?:\/|$)/ },
  { quirk: 'administratorsHidden', what: /^\/api\/users$|administratorlinks$|organizationlinks$|\/administrators$/ },
]

/** What the role of the credential does not show. @throws Refusal 403 */
export function refuseHidden({ quirks: on }: Cloud, method: string, path: string): void {
  if (method === 'GET' && hidden.some(({ quirk, what }) => on.has(quirk) && what.test(path))) {
    throw new Refusal(403, 'Forbidden')
  }
}
