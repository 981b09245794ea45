// What one leaver costs in calls: emma.suzuki of the demo seed through every system, by system, each figure beside what it
// may be; exit 1 when one is over, or has no limit. A call is what a simulator was asked; asking for one thing twice shows.
// Then Microsoft 365 alone, with every option that it has. Usage: node test/bench/calls.js [--only SYSTEM] [--list] [--delay MS]
// `--delay`: every answer takes so long; then the time is judged, and how many calls had to wait for each other is told.
import { ironbridge } from '../kill/estate.js'
import { loadSandbox, openStage, optionOf } from '../kill/stage.js'
import { bySystem, counted, longestChain } from './counting.js'

const only = optionOf('only', undefined)
const list = process.argv.includes('--list')
const delayMs = Number(optionOf('delay', '0'))

/** At most so many calls, by what is asked for; and at most so many seconds, where every answer takes 150 ms. */
const most = {
  planned: 150,
  offboarded: 300,
  again: 150,
  seconds: 11,
  everyOption: 70,
  systems: {
    'google-workspace': 60,
    jumpcloud: 65,
    'microsoft-365': 45,
    'active-directory': 36,
    aws: 36,
    webhook: 16,
    kaseyaone: 14,
    bms: 14,
    scim: 12,
    graphus: 8,
    'datto-partner-portal': 8,
  },
}

const world = ironbridge(await loadSandbox())
const email = 'emma.suzuki@ironbridge.example'
const stage = await openStage(world)
/** What is wrong; a system without a limit is not judged. */
const over = Object.keys(stage.systems)
  .filter(system => !(system in most.systems))
  .map(system => `${system} has no limit in test/bench/calls.js.`)

/** All that Microsoft 365 can be asked for, the search of all 65 mailboxes and calendars among it. */
const everyOption = {
  words: ['--only', 'microsoft-365', '--successor', 'manager', '--cancel-meetings', '--devices', 'lock'],
  settings: {
    K1CTL_MICROSOFT_365_AUTO_REPLY: '{name} has left. Please write to {successor}.',
    K1CTL_MICROSOFT_365_AUTOPILOT: 'unassigned',
    K1CTL_MICROSOFT_365_FORWARD: 'successor',
    K1CTL_MICROSOFT_365_IMMUTABLE_ID: 'cleared',
    K1CTL_MICROSOFT_365_LICENCES: 'remove',
    K1CTL_MICROSOFT_365_OTHERS_MAILBOXES: 'left',
  },
}

/** Writes down whether a figure is within its limit, and says so. */
function judged(what, is, limit, unit) {
  if (limit === undefined || only) return ''
  if (is <= limit) return `  at most ${limit}${unit}`
  over.push(`${what}: ${is}${unit} are more than ${limit}${unit}.`)
  return `  OVER ${limit}${unit}`
}

async function measured(what, key, ...more) {
  const from = (await stage.calls()).length
  const ran = await stage.run(['offboard', email, '--wait', '5', ...(only ? ['--only', only] : []), ...more])
  const calls = (await stage.calls()).slice(from)
  const exit = ran.code === 0 ? '' : `, exit ${ran.code}`
  console.log(`\n${what}: ${calls.length} calls${judged(what, calls.length, most[key], '')}${exit}`)
  if (ran.code !== 0) console.log(ran.stdout + ran.stderr)
  if (ran.code !== 0) over.push(`${what} ended with ${ran.code}.`)
  tellTime(what, key, ran.ms, calls)
  for (const [system, asked] of [...bySystem(calls)].sort((a, b) => b[1].length - a[1].length)) {
    const reads = asked.filter(c => !c.write)
    const limit = key === 'offboarded' && delayMs === 0 ? most.systems[system] : undefined
    const chain = delayMs > 0 ? `, ${String(longestChain(asked, delayMs)).padStart(3)} one after the other` : ''
    console.log(
      `  ${system.padEnd(22)} ${String(counted(reads).length).padStart(4)} things read, ${String(asked.length - reads.length).padStart(3)} written, ${String(asked.length).padStart(4)} calls${chain}${judged(`${what}, ${system}`, asked.length, limit, '')}`,
    )
    if (list) for (const [call, times] of counted(asked)) console.log(`      ${times} × ${call}`)
  }
}

/** A batch is one request here; each of its parts counts for the limits of Graph and of Exchange. */
async function measuredWithEveryOption() {
  await stage.reset()
  const { words, settings } = everyOption
  stage.use(settings)
  const { code, stdout, stderr } = await stage.run(['offboard', email, '--wait', '5', '--yes', ...words])
  const calls = bySystem(await stage.calls()).get('microsoft-365') ?? []
  const parts = calls.flatMap(({ body = '' }) => (body.startsWith('{"requests"') ? JSON.parse(body).requests : [1]))
  const what = 'Microsoft 365 with every option'
  const limit = most.everyOption
  console.log(`\n${what}: ${calls.length} (${limit}), with ${parts.length} parts${code === 0 ? '' : `, exit ${code}`}`)
  if (list) for (const [call, times] of counted(calls)) console.log(`      ${times} × ${call}`)
  if (calls.length > limit) over.push(`${what}: ${calls.length} calls are more than ${limit}.`)
  if (code !== 0) over.push(`${what} ended with ${code}.`, stdout + stderr)
}

/** The longest chain of one system had to be; over all systems, no more calls than that waited for each other. */
function tellTime(what, key, ms, calls) {
  const seconds = Number((ms / 1000).toFixed(1))
  if (delayMs === 0) return console.log(`  ${seconds} s`)
  const limit = key === 'offboarded' && delayMs === 150 ? most.seconds : undefined
  const chains = [...bySystem(calls)].map(([system, asked]) => [longestChain(asked, delayMs), system])
  const [[longest, where]] = chains.sort((a, b) => b[0] - a[0])
  const all = longestChain(calls, delayMs)
  console.log(`  ${seconds} s at ${delayMs} ms an answer${judged(`${what}, time`, seconds, limit, ' s')}`)
  console.log(
    `  longest chain: ${longest} calls in ${where} (${inSeconds(longest)} s), at most ${all} over all systems (${inSeconds(all)} s)`,
  )
}

function inSeconds(calls) {
  return ((calls * delayMs) / 1000).toFixed(1)
}

try {
  if (delayMs > 0) {
    for (const system of Object.keys(stage.systems)) await stage.post(`${system}/faults`, [{ delayMs, times: 0 }])
  }
  await measured('planned', 'planned', '--dry-run')
  await measured('offboarded', 'offboarded', '--yes')
  await measured('the same again', 'again', '--yes')
  if (delayMs === 0 && (only ?? 'microsoft-365') === 'microsoft-365') await measuredWithEveryOption()
  for (const sentence of over) console.log(`\n${sentence}`)
  if (over.length > 0) process.exitCode = 1
} finally {
  await stage.close()
}
