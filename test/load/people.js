// Offboards many people from stdin through the built CLI: memory, people a second, and beside it a bare undici loop that
// sends the same requests to a fresh sandbox and reads the same JSON. Fails when somebody is not offboarded, or memory
// grows with the number. The sandbox is a process of its own for both. Without a delay the figure is the CPU that k1ctl
// needs; with one, what a person waits for: the loop then also goes with as many requests at once as k1ctl had.
// Usage: node test/load/people.js [--people 1000] [--concurrency 16] [--most-growth MB] [--except SYSTEM] [--limited]
//   [--delay MS]
// `--limited`: BMS answers 1,500 requests an hour and endpoint, as it does; else it answers all.
// `--delay`: every answer comes so much later, as over a network (150 is what `npm run bench` takes).
import { createInterface } from 'node:readline'
import { Pool } from 'undici'
import { duplicatedWrites, judgedSystems, openGoals } from '../kill/judge.js'
import { loadSandbox, openStage, optionOf } from '../kill/stage.js'
import { cpuMsOf, delayAnswers, mb, mostAtOnce, residentKb } from './measure.js'

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

const { ran, calls, left, twice } = await throughCli()
const bare = await throughUndici(calls, concurrency)
const peak = mostAtOnce(calls, delayMs)
const wide = delayMs > 0 && peak > concurrency ? await throughUndici(calls, peak) : undefined

const perSecond = (many, ms) => ((many * 1000) / ms).toFixed(1)
const requests = calls.filter(call => !isSignIn(call))
const growth = ran.last - ran.fifth
say(
  `Node ${process.version}, ${count} people, concurrency ${concurrency}${except ? `, without ${except}` : ''}, ${requests.length} requests${delayMs > 0 ? `, ${delayMs} ms late each` : ''}`,
)
say(
  `k1ctl offboard   ${seconds(ran.ms)} s  ${perSecond(count, ran.ms)} people/s  ${perSecond(requests.length, ran.ms)} requests/s`,
)
say(
  `bare undici      ${seconds(bare.ms)} s  ${perSecond(count, bare.ms)} people/s  ${perSecond(requests.length, bare.ms)} requests/s`,
)
say(
  `ratio            ${(ran.ms / bare.ms).toFixed(2)} x the bare loop's time, ${(ran.cpuMs / bare.cpuMs).toFixed(2)} x its CPU`,
)
if (wide)
  say(
    `bare, ${String(peak).padEnd(4)} at once ${seconds(wide.ms)} s, as many as k1ctl had at most: ratio ${(ran.ms / wide.ms).toFixed(2)}`,
  )
say(
  `CPU, ms a request: k1ctl ${each(ran.cpuMs)}, its sandbox ${each(ran.sandboxCpuMs)}; bare undici ${each(bare.cpuMs)}, its sandbox ${each(bare.sandboxCpuMs)}`,
)
say(`memory (RSS)     peak ${mb(ran.peak)}, at 20% ${mb(ran.fifth)}, at 100% ${mb(ran.last)}, growth ${mb(growth)}`)
const odd = bare.odd.length
if (odd > 0)
  say(`${odd} of the bare loop's answers had another status than k1ctl's: ${bare.odd.slice(0, 3).join('; ')}`)
for (const sentence of [...left, ...twice].slice(0, 10)) say(sentence)
say(`exit ${ran.code}, goals that do not hold ${left.length}, duplicated writes ${twice.length}`)
for (const [why, times] of ran.unproved) say(`${times} times: ${why}`)
if (ran.code !== 0) say(ran.stderr.slice(-2000))
process.exitCode = ran.code === 0 && left.length + twice.length === 0 && growth <= mostGrowthMb * 1024 ? 0 : 1

async function throughCli() {
  const stage = await openStage(world)
  try {
    await stage.reset()
    await liftLimit(stage)
    await delayAnswers(stage, delayMs)
    const child = stage.start(
      [
        ...['offboard', '-', '--tenant', 'Crowd', '--yes', '--output', 'ndjson', '--max-share', '100'],
        ...['--concurrency', String(concurrency), '--max', String(count)],
        ...(except ? ['--except', except] : []),
      ],
      ['pipe', 'pipe', 'pipe'],
    )
    const sandboxBefore = cpuMsOf(stage.pid)
    const ran = await watched(child)
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

/** Feeds the child, and looks at its memory every 200 ms. */
async function watched(child) {
  const begun = performance.now()
  const stderr = []
  child.stderr.on('data', data => stderr.push(data))
  child.stdin.end(`${emails.join('\n')}\n`)
  const [samples, seen, unproved] = [[], { people: 0 }, new Map()]
  let cpuMs = 0
  const timer = setInterval(() => {
    const kb = residentKb(child.pid)
    if (kb > 0) samples.push({ kb, share: seen.people / count })
    cpuMs = Math.max(cpuMs, cpuMsOf(child.pid))
  }, 200)
  createInterface({ input: child.stdout }).on('line', line => {
    if (line.startsWith('{"type":"plan"')) seen.people += 1
    for (const why of troubleIn(line)) unproved.set(why, (unproved.get(why) ?? 0) + 1)
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(timer)
  // One sample goes up and down with the garbage; the middle of a tenth of the run says more.
  const around = share => middle(samples.filter(s => Math.abs(s.share - share) <= 0.05).map(s => s.kb))
  return {
    code,
    ms: performance.now() - begun,
    cpuMs,
    peak: Math.max(0, ...samples.map(s => s.kb)),
    fifth: around(0.2),
    last: around(1),
    unproved,
    stderr: Buffer.concat(stderr).toString(),
  }
}

/** The requests of that run, in their order, so many at once, by nothing but undici; what is answered is parsed. */
async function throughUndici(calls, atOnce) {
  const stage = await openStage(world)
  const pool = new Pool(stage.origin, { connections: atOnce, pipelining: 1 })
  try {
    await stage.reset()
    await liftLimit(stage)
    await delayAnswers(stage, delayMs)
    const begun = performance.now()
    const tokens = await signIn(pool, stage.systems)
    const [cpuBefore, sandboxBefore] = [process.cpuUsage(), cpuMsOf(stage.pid)]
    const queue = calls.filter(call => !isSignIn(call))
    const odd = []
    let next = 0
    const work = async () => {
      while (next < queue.length) {
        const { system, method, path, body, status } = queue[next++]
        const answer = await pool.request({
          method,
          path: `/${system}${path}`,
          headers: { authorization: `Bearer ${tokens[system]}`, 'content-type': 'application/scim+json' },
          ...(body ? { body } : {}),
        })
        const text = await answer.body.text()
        if (text !== '') JSON.parse(text)
        if (answer.statusCode !== status) odd.push(`${system} ${method} ${path}: ${answer.statusCode}, not ${status}`)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      ms: performance.now() - begun,
      cpuMs: (user + system) / 1000,
      sandboxCpuMs: cpuMsOf(stage.pid) - sandboxBefore,
      odd,
    }
  } finally {
    await pool.close()
    await stage.close()
  }
}

async function signIn(pool, systems) {
  const tokens = { scim: systems.scim.credentials.token }
  for (const id of judgedSystems.filter(one => one !== 'scim')) {
    const { username, company, password } = systems[id].credentials
    const form = new URLSearchParams({ grantType: 'password', userName: username, password, tenant: company })
    const [path, type, body] =
      id === 'bms'
        ? ['/bms/v2/security/authenticate', 'application/x-www-form-urlencoded', form.toString()]
        : [`/${id}/log-in`, 'application/json', JSON.stringify({ username, company, password })]
    const answer = await pool.request({ method: 'POST', path, headers: { 'content-type': type }, body })
    const given = await answer.body.json()
    tokens[id] = id === 'bms' ? given.Result.AccessToken : given.accessToken
  }
  return tokens
}

/** BMS allows 1,500 requests an hour and endpoint; what is measured here is k1ctl. */
async function liftLimit(stage) {
  if (process.argv.includes('--limited')) return
  await stage.post('bms/limit', { perHour: 1_000_000 })
}

function isSignIn({ path }) {
  return /^\/(log-in|v2\/security\/(authenticate|refreshtoken))/.test(path)
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

function seconds(ms) {
  return (ms / 1000).toFixed(1).padStart(6)
}
