// What one leaver costs in calls: emma.suzuki of the demo seed through all eleven systems, by system. A call is what a
// simulator was asked; a distinct thing is a method and a path (with its query, or its body where the path is always the
// same), so that asking for one thing twice shows; a system that names its
// operations (AWS, where the path is always the same) is told by those. `--only SYSTEM` for one of them, `--list` for the calls themselves.
import { ironbridge } from '../kill/estate.js'
import { loadSandbox, openStage, optionOf } from '../kill/stage.js'

const only = optionOf('only', undefined)
const list = process.argv.includes('--list')
const delayMs = Number(optionOf('delay', '0'))

const sandbox = await loadSandbox()
const world = ironbridge(sandbox)
const email = 'emma.suzuki@ironbridge.example'
const stage = await openStage(world)

/** At most so many, by what is asked for. */
const most = {
  all: 300,
  dryRun: 150,
  again: 150,
  systems: {
    'google-workspace': 60,
    jumpcloud: 65,
    // 50 for what Graph has, and 20 for the mailbox: Exchange takes one cmdlet a request, and batches none.
    'microsoft-365': 70,
    'active-directory': 36,
    aws: 36,
    kaseyaone: 14,
    scim: 12,
  },
}

const words = (...more) => ['offboard', email, '--wait', '5', ...(only ? ['--only', only] : []), ...more]

async function measured(what, ...more) {
  const from = (await stage.calls()).length
  const ran = await stage.run(words(...more))
  const calls = (await stage.calls()).slice(from)
  console.log(`\n${what}: exit ${ran.code}, ${Math.round(ran.ms)} ms, ${calls.length} calls`)
  if (ran.code !== 0 && ran.code !== 3) console.log(ran.stdout + ran.stderr)
  const systems = Map.groupBy ? Map.groupBy(calls, c => c.system) : grouped(calls)
  for (const [system, asked] of [...systems].sort((a, b) => b[1].length - a[1].length)) {
    const reads = asked.filter(c => !c.write)
    const writes = asked.filter(c => c.write)
    const limit = what === 'offboarded' ? most.systems[system] : undefined
    const told = limit === undefined ? '' : asked.length <= limit ? `  at most ${limit}` : `  OVER ${limit}`
    console.log(
      `  ${system.padEnd(22)} ${String(distinct(reads)).padStart(4)} things read, ${String(writes.length).padStart(3)} written, ${String(asked.length).padStart(4)} calls${told}`,
    )
    if (list) for (const [call, times] of counted(asked)) console.log(`      ${times} × ${call}`)
  }
  return { calls: calls.length, ms: ran.ms, systems }
}

function grouped(calls) {
  const systems = new Map()
  for (const call of calls) systems.set(call.system, [...(systems.get(call.system) ?? []), call])
  return systems
}

const nameOf = ({ method, path, body = '', operation }) =>
  operation?.slice(0, 200) ??
  (path.endsWith('/$batch')
    ? `${method} $batch: ${partsOf(body).join('; ')}`
    : `${method} ${path} ${body.slice(0, 160)}`.trim())
const partsOf = body => JSON.parse(body).requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`)
const counted = calls => {
  const times = new Map()
  for (const call of calls) times.set(nameOf(call), (times.get(nameOf(call)) ?? 0) + 1)
  return [...times]
}
const distinct = calls => counted(calls).length

try {
  if (delayMs > 0) {
    for (const system of Object.keys(stage.systems)) {
      await stage.post(`${system}/faults`, [{ delayMs, times: 0 }])
    }
  }
  const dry = await measured('planned', '--dry-run')
  const first = await measured('offboarded', '--yes')
  const again = await measured('the same again', '--yes')
  const over = [
    [dry.calls, most.dryRun, 'a dry run'],
    [first.calls, most.all, 'the offboarding'],
    [again.calls, most.again, 'the same again'],
    ...(only
      ? []
      : [...first.systems].map(([system, calls]) => [
          calls.length,
          most.systems[system] ?? Number.POSITIVE_INFINITY,
          system,
        ])),
  ].filter(([is, limit]) => is > limit)
  for (const [is, limit, what] of over) console.log(`\n${what}: ${is} calls are more than ${limit}.`)
  if (over.length > 0 && !only && delayMs === 0) process.exitCode = 1
} finally {
  await stage.close()
}
