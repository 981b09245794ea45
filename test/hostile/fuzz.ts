import fc from 'fast-check'

const environment = (name: string, fallback: number) => Number(process.env[name] || fallback)

/** How many cases each fuzzer tries: few in `npm test`, 10,000 in CI. */
export const fuzzCases = environment('K1CTL_FUZZ_CASES', 300)
/** How many hostile strings go through every command: 80 a start of the simulators, 5,000 in CI. */
export const hostileStrings = environment('K1CTL_HOSTILE_STRINGS', fuzzCases < 10_000 ? 80 : 5000)
const seed = environment('K1CTL_FUZZ_SEED', Math.floor(Math.random() * 0x7fffffff))
console.info(`K1CTL_FUZZ_SEED=${seed} K1CTL_FUZZ_CASES=${fuzzCases}`)

/** Tries `fuzzCases` from the seed that was printed. */
export function fuzz() {
  return { numRuns: fuzzCases, seed, endOnFailure: true }
}

/** Long enough, also on a machine that has ten other things to do: what is slow is told by the whole step's time. */
export const fuzzTimeoutMs = 60_000 + fuzzCases * 120

/** A keyring that does not work: its child would cost half a second a case, and reads nothing of what is tried. */
export const noKeyring = { node: '/nonexistent/node' }

/** What a line that a value forged begins with. */
export const forged = 'FORGED'

const pieces = [
  `\n${forged} ✓ proved`,
  `\r\n${forged} ✓ proved`,
  `\r${forged} ✓ proved`,
  `\u2028${forged}`,
  `\u2029${forged}`,
  `\u0085${forged}`,
  `\u000b${forged}`,
  `\u000c${forged}`,
  '\u001b[2J',
  '\u001b[1A\u001b[2K',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
  '\u001bP+q544e\u001b\\',
  '\u009b2J',
  '\u009d52;c;ZXZpbA==\u009c',
  '\u0007',
  '\b\b\b\b',
  '\t',
  '\u0000',
  '\u007f',
  '\u202egnp.exe',
  '\u2066\u2067\u2068\u2069',
  '\u200e\u200f\u061c',
  '\u200b\u200c\u200d\ufeff',
  '\u{e0041}\u{e007f}',
  '\u00ad\u3164\u115f',
  '\ud800',
  '\udc00',
  '=HYPERLINK("x")',
  '＝1+2',
  '",";=1',
  '<script>alert(1)</script>',
  '| a | b |',
  '`code`',
  '$(x)',
  '%s%d',
  '__proto__',
  "'; --",
  '🙂',
  'x'.repeat(90),
  'Ämy Müller',
]

/** Text that a server, a file or a person could bring in, and that no terminal may obey. */
export const hostileText = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary', maxLength: 12 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map(parts => parts.join(''))

/** As many of them as asked for, from the seed that was printed. None begins with a forged line: that is no forgery. */
export function sampleHostile(count: number): string[] {
  return fc.sample(hostileText, { numRuns: count, seed }).map(text => `x${text}`)
}

/** What moves the cursor, ends a line, turns the direction of text or is not seen; but for the line feed of a line. */
const harmful =
  /(?!\p{Variation_Selector}|[\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u

/**
 * What is wrong with a text that reached a terminal; null when it is harmless. `colour`: with escapes of ours; `wrapped`:
 * the words of a cell may begin a line, below its column.
 */
export function harmIn(text: string, { colour = false, csv = false, wrapped = false } = {}): string | null {
  const plain = colour ? text.replace(/\u001b\[(?:\d{1,3}(?:;\d{1,3})*)m/g, '') : text
  const lines = (csv ? plain.replaceAll('\r\n', '\n') : plain).split('\n')
  const line = lines.find(one => harmful.test(one) || (!wrapped && one.trimStart().startsWith(forged)))
  return line === undefined ? null : JSON.stringify(line)
}
