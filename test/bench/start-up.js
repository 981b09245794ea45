// Start-up of the built command beside `node -e 0`, alternating, medians of wall-clock milliseconds.
// Fails when a promise of the README is broken. Usage: node test/bench/start-up.js [--runs N] [--report-only]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
  ['k1ctl --version', [cli, '--version'], 1.6],
  ['k1ctl --help', [cli, '--help'], 1.6],
  ['k1ctl help aws', [cli, 'help', 'aws'], 1.8],
  ['k1ctl tenant list', [cli, 'tenant', 'list'], 3],
  ['k1ctl runs list', [cli, 'runs', 'list'], 2.5],
]
const times = new Map(cases.map(([name]) => [name, []]))
const env = { ...process.env, K1CTL_HOME: home }

// The first round fills the compile cache and the disk cache; it does not count.
for (let round = -1; round < runs; round++) {
  for (const [name, args] of cases) {
    const begin = process.hrtime.bigint()
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
    const ms = Number(process.hrtime.bigint() - begin) / 1e6
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
    if (round >= 0) times.get(name)?.push(ms)
  }
}
rmSync(home, { recursive: true })

const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const base = median(times.get('node -e 0'))
let broken = 0
process.stdout.write(`Node ${process.version}, ${runs} runs each, alternating, medians\n`)
for (const [name, , most] of cases) {
  const ms = median(times.get(name))
  const ratio = ms / base
  const tooSlow = most !== null && ratio > most
  if (tooSlow) broken += 1
  const promise = most === null ? '' : `  at most ${most.toFixed(1)}${tooSlow ? '  TOO SLOW' : ''}`
  process.stdout.write(
    `${name.padEnd(20)} ${ms.toFixed(1).padStart(7)} ms  ${ratio.toFixed(2).padStart(5)} x${promise}\n`,
  )
}
if (broken > 0 && !process.argv.includes('--report-only')) process.exitCode = 1
