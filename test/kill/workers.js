// A team's workers over one PostgreSQL, of its own on loopback: killed with SIGKILL again and again while a line of dated
// leavers is worked off, with the database restarted in the midst. Compares what the simulators saw with what had to be:
// writes taken twice, leavers lost. Fails unless there is none. Or, with --throughput, how much more several get done.
// Usage: node test/kill/workers.js [--kills N] [--restarts N] [--workers N] [--people N] [--latency MS] [--seed N]
//        node test/kill/workers.js --throughput [--people N] [--latency MS]
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { duplicatedWrites, judgedSystems, openGoals } from './judge.js'
import { endOf, loadModule, loadSandbox, openStage, optionOf, randomOf } from './stage.js'
import { northwind } from './subjects.js'

const isRace = process.argv.includes('--throughput')
const kills = Number(optionOf('kills', '20'))
const restarts = Number(optionOf('restarts', String(Math.ceil(kills / 10))))
const lanes = Number(optionOf('workers', '3'))
const people = Number(optionOf('people', isRace ? '24' : '16'))
const latencyMs = Number(optionOf('latency', isRace ? '150' : '30'))
const seed = Number(optionOf('seed', String(Date.now() % 1_000_000)))
const random = randomOf(seed)
const tenant = 'Northwind Dental'
const say = text => process.stdout.write(`${text}\n`)

const { startPostgres, whyNoPostgres } = await loadModule('../store/postgres.ts')
const reason = whyNoPostgres()
if (reason) {
  say(`A team's workers are not tried: ${reason}`)
  process.exit(0)
}
const postgres = await startPostgres()
const world = northwind(await loadSandbox())
const leavers = Array.from({ length: people }, (_, n) => `leaver.${n}@northwind-dental.example`)
const [, , , , , , , , pattern] = world.tenants[0].people
world.tenants[0].people.push(
  ...leavers.map((email, n) => ({
    ...pattern,
    id: `p-9${String(n).padStart(5, '0')}`,
    email,
    bmsEmployeeId: 9000 + n,
  })),
)
const team = { K1CTL_STORE: '', K1CTL_PASSPHRASE: 'four random words here' }
const stage = await openStage(world, team)

/** A line of leavers, each with a date of its own in a moment, in a database of their own. */
async function agreed() {
  await stage.reset()
  team.K1CTL_STORE = postgres.database()
  const must = async words => {
    const { code, stdout, stderr } = await stage.run(words)
    if (code !== 0) throw new Error(`${words.join(' ')} ends with ${code}: ${stderr}${stdout}`)
  }
  await must(['store', 'copy', '--yes'])
  // Nobody waits for a call while the dates are agreed to.
  const first = Date.now() + 20_000 + people * 1_500
  const rows = leavers.map((email, n) => `${email},${new Date(first + n * 1000).toISOString().replace(/\.\d+/, '')}`)
  const list = join(tmpdir(), `k1ctl-leavers-${process.pid}.csv`)
  writeFileSync(list, `email,leaves\n${rows.join('\n')}\n`)
  await must([
    ...['offboard', '--from', list, '--column', 'email', '--date-column', 'leaves', '--tenant', tenant, '--yes'],
    ...['--max', String(people), '--max-share', '100', '--zone', 'UTC'],
  ])
  for (const id of Object.keys(stage.systems)) {
    await stage.post(`${id}/faults`, { delayMs: latencyMs, lateMs: latencyMs, times: 0 })
    if (id === 'bms') await stage.post('bms/limit', { perHour: 1_000_000 })
  }
  await stage.control('calls', { method: 'DELETE' })
  const wait = first + people * 1000 - Date.now()
  if (wait > 0) await sleep(wait)
}

async function dates() {
  const { stdout } = await stage.run(['schedule', 'list', '--all', '--json'])
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}

if (process.argv.includes('--tell'))
  setInterval(
    async () =>
      say(
        JSON.stringify((await dates())?.map(({ id, due, state, verdict, why }) => ({ id, due, state, verdict, why }))) +
          said.splice(0).join('').slice(-1500),
      ),
    8000,
  ).unref()
const isDone = rows => rows?.length === people && rows.every(row => row.state === 'ended' && row.verdict === 'proved')

const said = []
function startWorker() {
  const child = stage.start(['worker', '--every', '1', '--log', 'json'])
  const ended = endOf(child).then(end => {
    said.push(end.stderr)
    return end
  })
  return { child, ended }
}

async function judged() {
  const states = await Promise.all(judgedSystems.map(async id => [id, (await stage.people(id))['t-001']]))
  const lost = leavers.flatMap(email => openGoals(email, Object.fromEntries(states)))
  const twice = duplicatedWrites((await stage.calls()).filter(({ status }) => status !== null && status < 300))
  return { lost, twice }
}

async function killing() {
  let [killed, restarted, rounds] = [0, 0, 0]
  const found = { lost: [], twice: [] }
  const perRound = Math.max(people, 20)
  while (killed < kills) {
    rounds += 1
    await agreed()
    const workers = Array.from({ length: lanes }, startWorker)
    const most = Math.min(kills, killed + perRound)
    const end = Date.now() + 10 * 60_000
    let rows
    for (let turns = 0; !isDone(rows) && Date.now() < end; turns += 1) {
      await sleep(300 + random() * 2_000)
      // As systemd and containers do.
      for (const [at, { child }] of workers.entries()) {
        if (child.exitCode !== null || child.signalCode !== null) workers[at] = startWorker()
      }
      if (killed < most) {
        const at = Math.floor(random() * lanes)
        workers[at].child.kill('SIGKILL')
        const { signal } = await workers[at].ended
        if (signal === 'SIGKILL') killed += 1
        workers[at] = startWorker()
        if (restarted < restarts && killed >= ((restarted + 1) * kills) / (restarts + 1)) {
          postgres.restart()
          restarted += 1
        }
      }
      if (killed >= most || turns % 5 === 4) rows = await dates()
    }
    for (const { child } of workers) child.kill('SIGTERM')
    const ends = await Promise.all(workers.map(({ ended }) => ended))
    const { lost, twice } = await judged()
    const open = (rows ?? []).filter(row => row.state !== 'ended' || row.verdict !== 'proved')
    for (const { id, state, verdict, why } of open) lost.push(`${id} is ${state}: ${verdict ?? ''} ${why ?? ''}`)
    const codes = ends.map(({ code, signal }) => code ?? signal).join(', ')
    say(
      `round ${rounds}: ${killed} kills, ${restarted} restarts so far; ${twice.length} twice, ${lost.length} lost; ends ${codes}`,
    )
    for (const sentence of [...twice, ...lost]) say(`        ${sentence}`)
    if (twice.length + lost.length > 0) say(said.slice(-6).join('').slice(-6000))
    found.lost.push(...lost)
    found.twice.push(...twice)
  }
  say(
    `${killed} kills of ${lanes} workers, ${restarted} restarts of PostgreSQL, ${rounds * people} leavers, seed ${seed}: ` +
      `${found.twice.length} duplicated, ${found.lost.length} lost`,
  )
  return found.twice.length + found.lost.length === 0 && restarted >= restarts ? 0 : 1
}

/** From when the workers are at work to when the last call came, in seconds. */
async function race(count) {
  await agreed()
  const workers = Array.from({ length: count }, startWorker)
  while (!isDone(await dates())) await sleep(500)
  const times = (await stage.calls()).map(({ at }) => Date.parse(at)).filter(time => !Number.isNaN(time))
  for (const { child } of workers) child.kill('SIGTERM')
  await Promise.all(workers.map(({ ended }) => ended))
  const { lost, twice } = await judged()
  if (lost.length + twice.length > 0) throw new Error([...lost, ...twice].join('; '))
  return (Math.max(...times) - Math.min(...times)) / 1000
}

async function racing() {
  const one = await race(1)
  say(`1 worker: ${one.toFixed(1)} s for ${people} leavers at ${latencyMs} ms an answer`)
  let isGood = true
  for (const [count, least] of [
    [2, 1.9],
    [4, 3.6],
  ]) {
    const seconds = await race(count)
    const times = one / seconds
    say(`${count} workers: ${seconds.toFixed(1)} s, ${times.toFixed(2)} times as much (at least ${least})`)
    isGood &&= times >= least
  }
  return isGood ? 0 : 1
}

let code = 1
try {
  code = await (isRace ? racing() : killing())
} finally {
  await stage.close()
  postgres.stop()
}
process.exit(code)
