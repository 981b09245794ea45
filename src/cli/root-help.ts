import type { CommandEntry } from './command.ts'

const examples = [
  ['k1ctl demo', 'the whole story in a minute, on a sandbox'],
  ['k1ctl status --all-tenants', 'what holds where'],
  ['k1ctl offboard amy@customer.example --dry-run', 'what would change, and where'],
] as const

const options = [
  ['-V, --version', 'print the version'],
  ['-h, --help', 'show this help'],
] as const

/** What `k1ctl --help` prints. Made without the parser, which costs more than all the rest of it. */
export function rootHelp(entries: readonly CommandEntry[], width: number): string {
  const sections = [...new Set(entries.map(e => e.section))]
  const column = 2 + Math.max(...entries.map(e => e.name.length), ...options.map(([flags]) => flags.length))
  const rows = (list: readonly (readonly [string, string])[]) =>
    list.map(([name, text]) => row(name, text, column, width)).join('')
  const example = 2 + Math.max(...examples.map(([line]) => line.length))
  return [
    'Usage: k1ctl <command> [options]\n',
    `${wrap('Unified Login in Kaseya modules, for one tenant or for all of them, and offboarding with proof.', width).join('\n')}\n`,
    `Options:\n${rows(options)}`,
    ...sections.map(section => {
      const own = entries.filter(e => e.section === section)
      return `${section}\n${rows(own.map(e => [e.name, e.summary]))}`
    }),
    `Examples:\n${examples.map(([line, text]) => row(`$ ${line}`, text, example + 2, width)).join('')}`,
    'Topics: k1ctl help exit-codes | environment | output | safety | secrets | reach | sandbox-control\n',
  ].join('\n')
}

/** `  name      text`, the text wrapped at the width, below the name where there is no room beside it. */
export function row(name: string, text: string, column: number, width: number): string {
  const indent = ' '.repeat(2 + column)
  const room = width - indent.length
  // A narrow terminal gets the text below the name.
  if (room < 20)
    return `  ${name}\n${wrap(text, width - 6)
      .map(l => `      ${l}\n`)
      .join('')}`
  const [first = '', ...rest] = wrap(text, room)
  return `  ${name.padEnd(column)}${first}\n${rest.map(l => `${indent}${l}\n`).join('')}`
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Help is at most this wide: longer lines are hard to read. */
export function helpWidth({ isTTY, columns }: { isTTY?: boolean; columns?: number | undefined }): number {
  return Math.min(isTTY ? (columns ?? 100) : 100, 100)
}
