// Offboards many people from stdin through the built CLI: memory, people a second, and beside it a bare undici loop that
// sends the same requests to a fresh sandbox and reads the same JSON. Fails when somebody is not offboarded, or memory
// grows with the number. The sandbox is a process of its own for both, and where it is busy all the time, it is what is
// measured. k1ctl has so many people at once. A loop with one request of each at once is what a script would be; one with
// as many as k1ctl had at most, which waits for no answer before it sends what follows from it, is faster than anything
// that works: both are printed.
// Usage: node test/load/people.js [--people 1000] [--concurrency 16] [--most-growth MB] [--except SYSTEM] [--limited]
//   [--delay MS]
// `--limited`: BMS answers 1,500 requests an hour and endpoint, as it does; else it answers all.
// `--delay`: every answer comes so much later, as over a network (150 is what `npm run bench` takes).
import { createInterface } from 'node:readline'
import { duplicatedWrites, judgedSystems, openGoals } from '../kill/judge.js'
import { loadSandbox, openStage, optionOf } from '../kill/stage.js'
import { isSignIn, throughUndici } from './bare.js'
import { connectionsTo, cpuMsOf, delayAnswers, loadNow, mb, residentKb } from './measure.js'

const count = Number(optionOf('people', '1000'))
const concurrency = Number(optionOf('concurrency', '16'))
const mostGrowthMb = Number(optionOf('most-growth', '32'))
const except = optionOf('except', '')
const delayMs = Number(optionOf('delay', '0'))
const tenantId = 't-001'
const say = text => process.stdout.write(`${text}\n`)

const { crowdWorld } = await loadSandbox()
const world = crowdWorld(count)
const emails = world.tenants[0].people.slice(1).map(person => person.email)

const before = loadNow()
const { ran, calls, left, twice } = await throughCli()
const between = loadNow()
const loops = []
for (const atOnce of new Set([concurrency, Math.max(concurrency, ran.connections)])) {
  loops.push(await throughUndici(world, calls, atOnce, prepare))
}

const requests = calls.filter(call => !isSignIn(call))
const growth = ran.last - ran.fifth
const late = delayMs > 0 ? `, ${delayMs} ms late each` : ''
say(
  `Node ${process.version}, ${count} people, concurrency ${concurrency}${except ? `, without ${except}` : ''}, ${requests.length} requests${late}`,
)
say(row('k1ctl offboard', ran))
for (const loop of loops) {
  const [time, cpu] = [ran.ms / loop.ms, ran.cpuMs / loop.cpuMs].map(ratio => ratio.toFixed(2))
  say(`${row(`bare, ${loop.atOnce} at once`, loop)}; k1ctl: ${time} x its time, ${cpu} x its CPU`)
}
const average = delayMs > 0 ? `, ${((requests.length * delayMs) / ran.ms).toFixed(0)} on the average` : ''
say(`at once             k1ctl had ${ran.connections} requests at most${average}`)
say(
  `machine             ${before}, then ${between}, then ${loadNow()}; reading what k1ctl prints ${each(ran.watchMs)} ms a request`,
)
say(`memory (RSS)        peak ${mb(ran.peak)}, at 20% ${mb(ran.fifth)}, at 100% ${mb(ran.last)}, growth ${mb(growth)}`)
const odd = loops.flatMap(loop => loop.odd)
if (odd.length > 0)
  say(`${odd.length} answers to bare loops had another status than k1ctl's: ${odd.slice(0, 3).join('; ')}`)
for (const sentence of [...left, ...twice].slice(0, 10)) say(sentence)
say(`exit ${ran.code}, goals that do not hold ${left.length}, duplicated writes ${twice.length}`)
for (const [why, times] of ran.unproved) say(`${times} times: ${why}`)
if (ran.code !== 0) say(ran.stderr.slice(-2000))
process.exitCode = ran.code === 0 && left.length + twice.length === 0 && growth <= mostGrowthMb * 1024 ? 0 : 1

async function throughCli() {
  const stage = await openStage(world)
  try {
    await prepare(stage)
    const child = stage.start(
      [
        ...['offboard', '-', '--tenant', 'Crowd', '--yes', '--output', 'ndjson', '--max-share', '100'],
        ...['--concurrency', String(concurrency), '--max', String(count)],
        ...(except ? ['--except', except] : []),
      ],
      ['pipe', 'pipe', 'pipe'],
    )
    const sandboxBefore = cpuMsOf(stage.pid)
    const ran = await watched(child, new URL(stage.origin).port)
    ran.sandboxCpuMs = cpuMsOf(stage.pid) - sandboxBefore
    const calls = await stage.calls()
    const states = await Promise.all(judgedSystems.map(async id => [id, byEmail((await stage.people(id))[tenantId])]))
    const of = email =>
      Object.fromEntries(states.filter(([id]) => id !== except).map(([id, people]) => [id, people.get(email) ?? []]))
    return { ran, calls, left: emails.flatMap(email => openGoals(email, of(email))), twice: duplicatedWrites(calls) }
  } finally {
    await stage.close()
  }
}

/** Feeds the child, and looks at its memory and its connections. */
async function watched(child, port) {
  const [begun, cpuBefore, others] = [performance.now(), process.cpuUsage(), connectionsTo(port)]
  const stderr = []
  child.stderr.on('data', data => stderr.push(data))
  child.stdin.end(`${emails.join('\n')}\n`)
  const [samples, seen, unproved] = [[], { people: 0 }, new Map()]
  let [cpuMs, connections] = [0, 0]
  const timer = setInterval(() => {
    const kb = residentKb(child.pid)
    if (kb > 0) samples.push({ kb, share: seen.people / count })
    cpuMs = Math.max(cpuMs, cpuMsOf(child.pid))
  }, 200)
  // To list the connections of a machine costs milliseconds; they are kept alive for seconds.
  const counting = setInterval(() => {
    connections = Math.max(connections, connectionsTo(port) - others)
  }, 1_000)
  createInterface({ input: child.stdout }).on('line', line => {
    if (line.startsWith('{"type":"plan"')) seen.people += 1
    for (const why of troubleIn(line)) unproved.set(why, (unproved.get(why) ?? 0) + 1)
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(timer)
  clearInterval(counting)
  // One sample goes up and down with the garbage; the middle of a tenth of the run says more.
  const around = share => middle(samples.filter(s => Math.abs(s.share - share) <= 0.05).map(s => s.kb))
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    code,
    ms: performance.now() - begun,
    cpuMs,
    watchMs: (user + system) / 1000,
    connections,
    peak: Math.max(0, ...samples.map(s => s.kb)),
    fifth: around(0.2),
    last: around(1),
    unproved,
    stderr: Buffer.concat(stderr).toString(),
  }
}

/** BMS allows 1,500 requests an hour and endpoint; what is measured here is k1ctl. */
async function prepare(stage) {
  await stage.reset()
  if (!process.argv.includes('--limited')) await stage.post('bms/limit', { perHour: 1_000_000 })
  await delayAnswers(stage, delayMs)
}

/** What an event says that is not well: systems that could not be asked, goals that are not proved. Digits are blurred. */
function troubleIn(line) {
  if (!/"unreached":\[\{|"type":"outcome"/.test(line)) return []
  const { type, unreached = [], system, end, why = '' } = JSON.parse(line)
  const found = type === 'plan' ? unreached : [{ system, why: `${end}: ${why}` }]
  return found.map(one => `${one.system}: ${one.why}`.replaceAll(/\d+/g, '#'))
}

function byEmail(people) {
  const found = new Map()
  for (const person of people) {
    for (const email of new Set([person.email, ...person.aliases])) {
      found.set(email, [...(found.get(email) ?? []), person])
    }
  }
  return found
}

function each(ms) {
  return (ms / requests.length).toFixed(2)
}

function middle(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
}

/** How long it took, and how busy it and its sandbox were: at 100% one that has one thread can do no more. */
function row(what, { ms, cpuMs, sandboxCpuMs }) {
  const perSecond = many => ((many * 1000) / ms).toFixed(1)
  const busy = cpu => `${each(cpu)} ms (${((100 * cpu) / ms).toFixed(0)}%)`
  return `${what.padEnd(18)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${perSecond(count)} people/s  ${perSecond(requests.length)} requests/s  CPU a request ${busy(cpuMs)}, its sandbox ${busy(sandboxCpuMs)}`
}
