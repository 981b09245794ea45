// Start-up of the built command beside `node -e 0`, alternating: the quickest of all rounds in wall-clock milliseconds,
// and, on Linux, processor time. What else the machine does makes the first longer and hardly the second, so a limit is
// broken where both are over, after up to three times as many rounds.
// Usage: node test/bench/start-up.js [--runs N] [--report-only]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writePastRuns } from './past-runs.js'

const cli = fileURLToPath(new URL('../../bin/k1ctl.js', import.meta.url))
const runsAt = process.argv.indexOf('--runs')
const runs = runsAt > 0 ? Number(process.argv[runsAt + 1]) : 31
const home = mkdtempSync(join(tmpdir(), 'k1ctl-bench-'))
writeFileSync(
  join(home, 'config.json'),
  JSON.stringify({
    version: 1,
    tenants: Array.from({ length: 40 }, (_, i) => ({ name: `Customer ${i}`, domains: [`customer${i}.example`] })),
    connections: [],
  }),
)

writePastRuns(join(home, 'state', 'runs'), 1000)

/** Name, arguments for node, and how many times `node -e 0` it may take. */
const cases = [
  ['node -e 0', ['-e', '0'], null],
  ['k1ctl --version', [cli, '--version'], 1.3],
  ['k1ctl --help', [cli, '--help'], 1.3],
  ['k1ctl help aws', [cli, 'help', 'aws'], 1.3],
  ['k1ctl tenant list', [cli, 'tenant', 'list'], 2.5],
  ['k1ctl runs list', [cli, 'runs', 'list'], 2.5],
]
const times = new Map(cases.map(([name]) => [name, []]))
const env = { ...process.env, K1CTL_HOME: home }

const spent = new Map(cases.map(([name]) => [name, 0]))
const quickest = name => Math.min(...times.get(name))
const ratioOf = name => quickest(name) / quickest('node -e 0')
const spentRatioOf = name => spent.get(name) / spent.get('node -e 0')
const isTooSlow = ([name, , most]) => most !== null && ratioOf(name) > most && !(spentRatioOf(name) <= most)

/** Processor time of all children that have ended, in ticks of the kernel; 0 where it does not tell. */
function ticksOfChildren() {
  try {
    const [, after = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ')
    const [user, system] = after.split(' ').slice(13, 15)
    return Number(user) + Number(system)
  } catch {
    return 0
  }
}

// The first round fills the compile cache and the disk cache; it does not count.
for (let round = -1; round < runs || (round < 3 * runs && cases.some(isTooSlow)); round++) {
  for (const [name, args] of cases) {
    const before = ticksOfChildren()
    const begin = process.hrtime.bigint()
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
    const ms = Number(process.hrtime.bigint() - begin) / 1e6
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
    if (round < 0) continue
    times.get(name).push(ms)
    spent.set(name, spent.get(name) + ticksOfChildren() - before)
  }
}
rmSync(home, { recursive: true })

const load = loadavg()[0].toFixed(1)
process.stdout.write(`Node ${process.version}, ${times.get('node -e 0').length} runs each, alternating; load ${load}\n`)
for (const one of cases) {
  const [name, , most] = one
  const [ms, ratio, tooSlow] = [quickest(name), ratioOf(name), isTooSlow(one)]
  const promise = most === null ? '' : `  at most ${most.toFixed(1)}${tooSlow ? '  TOO SLOW' : ''}`
  const wall = `${ms.toFixed(1).padStart(7)} ms  ${ratio.toFixed(2).padStart(5)} x`
  const processor = spent.get('node -e 0') > 0 ? `, of the processor ${spentRatioOf(name).toFixed(2)} x` : ''
  process.stdout.write(`${name.padEnd(20)} ${wall}${processor}${promise}\n`)
}
if (cases.some(isTooSlow) && !process.argv.includes('--report-only')) process.exitCode = 1
