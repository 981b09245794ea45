/** Options that nearly every command has: whoever is used to other tools puts them before the command. */
const withValue = ['-t', '--tenant', '-o', '--output', '--ca-file', '--timeout']
const alone = ['--json', '--quiet', '--debug', '--no-input', '--no-pager', '--all-tenants', '-y', '--yes', '--dry-run']

/** A command has three words at the most: `jit defaults set`. */
const deepest = 3

/** The same call with the options that stand before the command, or within it, behind all else. */
export function optionsLast(argv: readonly string[]): string[] {
  const path: string[] = []
  const moved: string[] = []
  let at = 0
  while (at < argv.length && path.length < deepest) {
    const word = argv[at] ?? ''
    const takes = withValue.includes(word) ? 2 : alone.includes(word) || isAssigned(word) ? 1 : 0
    if (takes > 0) moved.push(...argv.slice(at, at + takes))
    else if (word.startsWith('-')) break
    else path.push(word)
    at += Math.max(1, takes)
  }
  const rest = argv.slice(at)
  const end = rest.indexOf('--')
  return end === -1 ? [...path, ...rest, ...moved] : [...path, ...rest.slice(0, end), ...moved, ...rest.slice(end)]
}

function isAssigned(word: string): boolean {
  return withValue.some(flag => flag.startsWith('--') && word.startsWith(`${flag}=`))
}
