// Checks many tenants against one posture through the built CLI: time, calls, memory, and beside it a bare undici loop
// that sends the same requests, sign-ins and all, of as many modules at once.
// The sandbox is a process of its own for both; CPU is that of k1ctl, its start included, and of the loop.
// Usage: node test/load/posture.js [--tenants 1000] [--report FILE] [--delay MS] [--heap MB]
// `--delay`: every answer comes so much later, as over a network.
// `--heap`: the heap of k1ctl is no larger. Without it V8 lets garbage lie while there is room, and what is resident says
// little about what is kept; with it, whatever is kept of each tenant ends the run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { loadSandbox, openStage, optionOf } from '../kill/stage.js'
import { cpuMsOf, delayAnswers, mb, residentKb } from './measure.js'

const count = Number(optionOf('tenants', '1000'))
const report = optionOf('report', '')
const delayMs = Number(optionOf('delay', '0'))
const heapMb = Number(optionOf('heap', '0'))
/** As `posture check` reads. */
const atOnce = 16
const modules = ['bms', 'graphus', 'datto-partner-portal']
const say = text => process.stdout.write(`${text}\n`)
const folder = mkdtempSync(join(tmpdir(), 'k1ctl-load-'))
const file = join(folder, 'posture.yaml')
writeFileSync(
  file,
  `defaults:
  bms: { log-in: on, user-creation: { state: on, defaults: { security-role: Employee } }, deprovisioning: on }
  graphus: { log-in: on, user-creation: { state: on, defaults: { role: Analyst } }, deprovisioning: on }
  datto-partner-portal: { log-in: on, require-log-in: off, deprovisioning: on }
`,
)

const { demoWorld } = await loadSandbox()
const world = worldOf(demoWorld(), count)
const stage = await openStage(world, heapMb > 0 ? { NODE_OPTIONS: `--max-old-space-size=${heapMb}` } : {})
try {
  await stage.post('bms/limit', { perHour: 1_000_000 })
  await delayAnswers(stage, delayMs)
  await stage.control('calls', { method: 'DELETE' })
  const ran = await watched(['posture', 'check', '-f', file, '--all-tenants', '--format', 'ndjson'])
  const calls = await stage.calls()
  const beyond = calls.filter(call => !isSignIn(call))
  const bare = await throughUndici()
  const rows = ran.stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
  const unread = rows.filter(({ readAt }) => readAt === null).length
  const perModule = beyond.length / (count * modules.length)
  say(
    `Node ${process.version}, ${count} tenants, ${modules.length} modules each, ${calls.length} requests, ${delayMs} ms late each`,
  )
  say(
    `k1ctl posture check  ${(ran.ms / 1000).toFixed(1)} s, ${rows.length} deviations, ${unread} not read, exit ${ran.code}`,
  )
  say(`bare undici          ${(bare.ms / 1000).toFixed(1)} s, ${bare.sent} requests, ${bare.odd} not 200`)
  say(`ratio                ${(ran.ms / bare.ms).toFixed(2)}`)
  say(`CPU                  ${(ran.cpuMs / 1000).toFixed(2)} s beside ${(bare.cpuMs / 1000).toFixed(2)} s bare`)
  say(`calls                ${perModule.toFixed(2)} a module and tenant beyond the sign-in`)
  say(`memory (RSS)         at a quarter ${mb(ran.quarter)}, at the end ${mb(ran.end)}, peak ${mb(ran.peak)}`)
  if (report !== '') await stage.run(['posture', 'report', '-f', file, '--all-tenants', '--to', report])
  if (ran.code !== 0 || process.env.SAY) say(ran.stderr.slice(0, 1000))
  process.exitCode = ran.code === 0 && unread === 0 && perModule <= 1.5 ? 0 : 1
} finally {
  await stage.close()
  rmSync(folder, { recursive: true, force: true })
}

/** The demo's tenants again and again, with few people, under names of their own. */
function worldOf(demo, many) {
  const kinds = demo.tenants.filter(({ bms, graphus, ...rest }) => bms && graphus && rest['datto-partner-portal'])
  const tenants = Array.from({ length: many }, (_, i) => {
    const kind = structuredClone(kinds[i % kinds.length])
    const name = `${kind.name} ${i}`
    const id = `t-${i + 1000}`
    const people = kind.people.slice(0, 4).map((person, j) => ({ ...person, id: `p-${i}-${j}` }))
    kind['datto-partner-portal'].userExceptionIds = []
    kind['datto-partner-portal'].requireLogIn = false
    Object.assign(kind.bms, { company: name })
    return { ...kind, id, name, domains: [`t${i}.example`], people, unconnected: [] }
  })
  return { ...demo, tenants }
}

async function watched(words) {
  const begun = performance.now()
  const child = stage.start(words)
  const samples = []
  let cpuMs = 0
  const timer = setInterval(() => {
    const kb = residentKb(child.pid)
    if (kb > 0) samples.push(kb)
    cpuMs = Math.max(cpuMs, cpuMsOf(child.pid))
  }, 50)
  const [stdout, stderr] = [[], []]
  child.stdout.on('data', data => stdout.push(data))
  child.stderr.on('data', data => stderr.push(data))
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(timer)
  return {
    code,
    ms: performance.now() - begun,
    cpuMs,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    quarter: samples[Math.floor(samples.length / 4)] ?? 0,
    end: samples.at(-1) ?? 0,
    peak: Math.max(0, ...samples),
  }
}

async function throughUndici() {
  // One credential sees all tenants of an endpoint of the contract: signed in once, and asked once which they are.
  const doors = new Map()
  const doorOf = id => {
    if (!doors.has(id)) doors.set(id, openDoor(id))
    return doors.get(id)
  }
  const openDoor = async id => {
    const { username, company, password } = stage.systems[id].credentials
    const type = { 'content-type': 'application/json' }
    const given = await ask('POST', `/${id}/log-in`, type, JSON.stringify({ username, company, password }))
    const headers = { authorization: `Bearer ${given.accessToken}` }
    await ask('GET', `/${id}/tenants`, headers)
    return headers
  }
  // As k1ctl's: as many connections as there are requests at once, two of a module at most.
  const pool = new Pool(stage.origin, { pipelining: 1 })
  const jobs = world.tenants.flatMap(tenant => modules.map(id => ({ tenant, id })))
  const before = process.cpuUsage()
  const begun = performance.now()
  let [next, sent, odd] = [0, 0, 0]
  const ask = async (method, path, headers, body) => {
    const answer = await pool.request({ method, path, headers, ...(body ? { body } : {}) })
    sent += 1
    if (answer.statusCode !== 200) odd += 1
    return answer.body.json()
  }
  const work = async () => {
    while (next < jobs.length) {
      const { tenant, id } = jobs[next++]
      if (id === 'bms') {
        const { username: userName, password } = tenant.bms.account
        const form = new URLSearchParams({ grantType: 'password', userName, password, tenant: tenant.name })
        const type = { 'content-type': 'application/x-www-form-urlencoded' }
        const given = await ask('POST', '/bms/v2/security/authenticate', type, form.toString())
        const headers = { authorization: `Bearer ${given.Result?.AccessToken}` }
        await Promise.all([
          ask('GET', '/bms/v2/admin/k1/status', headers),
          ask('GET', '/bms/v2/admin/k1/accesscontrol/settings', headers),
        ])
      } else {
        const headers = await doorOf(id)
        await ask('GET', `/${id}/tenants/${tenant.id}/unified-login`, headers)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  await pool.close()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - begun, cpuMs: (user + system) / 1000, sent, odd }
}

function isSignIn({ path }) {
  return /^\/(log-in|tenants$|v2\/security\/(authenticate|refreshtoken))/.test(path)
}
