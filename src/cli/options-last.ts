/** Options that nearly every command has: whoever is used to other tools puts them before the command. */
const withValue = ['-t', '--tenant', '-o', '--output', '--jq', '--template', '--ca-file', '--timeout']
const alone = ['--json', '--quiet', '--debug', '--no-input', '--no-pager', '--all-tenants', '-y', '--yes', '--dry-run']

/** The same call with the options that stand before the command behind all else. */
export function optionsLast(argv: readonly string[]): string[] {
  let at = 0
  for (let word = argv[at]; word !== undefined; word = argv[at]) {
    if (withValue.includes(word)) at += 2
    else if (alone.includes(word) || isAssigned(word)) at += 1
    else break
  }
  const moved = argv.slice(0, at)
  const rest = argv.slice(at)
  const end = rest.indexOf('--')
  return end === -1 ? [...rest, ...moved] : [...rest.slice(0, end), ...moved, ...rest.slice(end)]
}

function isAssigned(word: string): boolean {
  return withValue.some(flag => flag.startsWith('--') && word.startsWith(`${flag}=`))
}
