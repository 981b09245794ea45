import { escapeUnseen, printable } from '../core/printable.ts'

/**
 * JSON for what makes lines of it: what no reader sees is shown, inside each text. A line end in somebody's name would
 * begin a line of its own in what a script reads.
 */
export function visibleJson(json: string): string {
  return escapeUnseen(json).replace(/\\(?:u[\da-f]{4}(?:\\u[\da-f]{4})*|.)/gi, code =>
    /^\\["\\/]/.test(code) ? code : JSON.stringify(printable(JSON.parse(`"${code}"`))).slice(1, -1),
  )
}
