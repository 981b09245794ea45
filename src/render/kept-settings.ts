import type { ChalkInstance } from 'chalk'
import type { PosturePlanFile } from '../posture/plan-schema.ts'
import { layout } from './layout.ts'
import { titleIn } from './plan.ts'

/** A kept plan over settings for a person: what changes, before and after. */
export function keptSettingsText(
  { modules }: PosturePlanFile,
  titles: Readonly<Record<string, string>>,
  style: ChalkInstance,
): string {
  return modules
    .flatMap(({ tenant, system, goals }) =>
      goals.map(({ summary, standing, refused, byHand, differences }) => {
        const [sign, how] =
          standing === 'holds'
            ? ['=', ': already']
            : refused !== null
              ? ['x', `, refused: ${refused}`]
              : byHand
                ? ['?', ' (by hand)']
                : ['~', '']
        const lines = how === '' ? differences.map(one => layout`      ${differenceText(one)}\n`).join('') : ''
        return layout`  ${style.yellow(sign)} ${tenant} · ${titleIn(titles, system)}\n      ${summary}${how}\n${lines}`
      }),
    )
    .join('')
}

function differenceText(difference: unknown): string {
  if (typeof difference !== 'object' || difference === null) return String(difference)
  const { what, before, after } = Object.fromEntries(Object.entries(difference))
  return `${what}  ${before}  →  ${after}`
}
