import { printable } from '../core/printable.ts'

/** A page of the manual, as `man` has it: the same words as the help. */
export interface ManPage {
  /** `k1ctl-jit`: the words of the command with a dash between them. */
  name: string
  summary: string
  version: string
  commands: readonly ManCommand[]
  /** Sections behind those of the commands. */
  more: readonly { title: string; text: string }[]
  /** Other pages: `k1ctl-runs`. */
  seeAlso: readonly string[]
}

export interface ManCommand {
  /** `k1ctl jit defaults set` */
  path: string
  /** `<module> [options]`; several ways to call it have a line each. */
  usage: readonly string[]
  summary: string
  details: string
  options: readonly { flags: string; summary: string }[]
  examples: readonly string[]
}

/** The page in the macros of man(7), which every `man` reads. */
export function manPage({ name, summary, version, commands, more, seeAlso }: ManPage): string {
  const [first, ...below] = commands
  const lines = [
    `.TH ${[name.toUpperCase(), '1', '', `k1ctl ${version}`, 'k1ctl'].map(quoted).join(' ')}`,
    '.nh',
    '.ad l',
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(summary)}`,
    '.SH SYNOPSIS',
    ...commands.flatMap(({ path, usage }) => usage.flatMap(line => synopsis(path, line))).slice(1),
    ...(first ? ['.SH DESCRIPTION', ...paragraphs(first.details || first.summary), ...ownParts(first, '.SH')] : []),
    ...(below.length > 0 ? ['.SH COMMANDS', ...below.flatMap(subcommand)] : []),
    ...more.flatMap(({ title, text }) => [`.SH ${quoted(title)}`, ...paragraphs(text)]),
    ...(seeAlso.length > 0
      ? [
          '.SH "SEE ALSO"',
          ...seeAlso.map((page, at) => `.BR ${escaped(page)} (1)${at + 1 < seeAlso.length ? ',' : ''}`),
        ]
      : []),
    '',
  ]
  // A paragraph begins by itself behind a title, and once.
  return lines.filter((line, at) => line !== '.PP' || !/^\.(S[HS] |PP$)/.test(lines[at - 1] ?? '')).join('\n')
}

function synopsis(path: string, usage: string): string[] {
  return ['.br', `\\fB${escaped(path)}\\fR${usage ? ` ${placeholders(usage)}` : ''}`]
}

function subcommand(command: ManCommand): string[] {
  return [`.SS ${quoted(command.path)}`, ...paragraphs(sentences(command)), ...ownParts(command, '.PP')]
}

function sentences({ summary, details }: ManCommand): string {
  return details ? `${summary}.\n\n${details}` : `${summary}.`
}

/** Options and examples: under titles of their own, or below the command's. */
function ownParts({ options, examples }: ManCommand, under: '.SH' | '.PP'): string[] {
  const title = (text: string) => (under === '.SH' ? [`.SH ${text.toUpperCase()}`] : ['.PP', `\\fI${text}\\fR`])
  return [
    ...(options.length > 0 ? title('Options') : []),
    ...options.flatMap(({ flags, summary }) => ['.TP', `\\fB${escaped(flags)}\\fR`, escaped(summary)]),
    ...(examples.length > 0 ? [...title('Examples'), ...verbatim(examples.map(line => `$ ${line}`))] : []),
  ]
}

/** Lines that are indented stay as they are; all else flows. */
function paragraphs(text: string): string[] {
  return text.split(/\n\n+/).flatMap(part => {
    const lines = part.split('\n')
    const at = lines.findIndex(line => /^\s/.test(line))
    const [flowing, kept] = at === -1 ? [lines, []] : [lines.slice(0, at), lines.slice(at)]
    return [
      '.PP',
      ...(flowing.length > 0 ? [escaped(flowing.join(' '))] : []),
      ...(kept.length > 0 ? verbatim(kept.map(line => line.replace(/^ {2}/, ''))) : []),
    ]
  })
}

function verbatim(lines: readonly string[]): string[] {
  return ['.PP', '.RS 4', '.nf', ...lines.flatMap(line => line.split('\n')).map(escaped), '.fi', '.RE']
}

function placeholders(usage: string): string {
  return escaped(usage).replace(/[<[]([^<>[\]]+)[>\]]/g, (whole, word: string) =>
    whole.replace(word, `\\fI${word}\\fR`),
  )
}

/** Text that troff sets as it is: no request at its beginning, no escape in it, dashes that can be pasted. */
function escaped(text: string): string {
  const plain = printable(text)
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    // Letters beyond ASCII by number: an older troff reads bytes.
    .replace(/\P{ASCII}/gu, letter => `\\[u${numberOf(letter)}]`)
  return /^[.]/.test(plain) ? `\\&${plain}` : plain
}

function numberOf(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '\\(dq')}"`
}
