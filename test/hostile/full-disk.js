// A disk that is full, or takes half of each write, and processes that are killed, at every point of every command that
// writes. What is kept has to be the old or the new, the exit code has to tell which, and no secret may be left over.
// --points N (200), --seed N; needs a built command.

import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cli, endOf, loadSandbox, openStage, optionOf, randomOf } from '../kill/stage.js'

const points = Number(optionOf('points', process.env.HOSTILE_POINTS ?? '200'))
const seed = Number(optionOf('seed', '20261129'))
const random = randomOf(seed)
const preload = fileURLToPath(new URL('disk-fault.cjs', import.meta.url))
const passphrase = 'correct horse battery'
const tenant = 'Northwind Dental'

const { demoWorld } = await loadSandbox()
const stage = await openStage(demoWorld())
const folder = mkdtempSync(join(tmpdir(), 'k1ctl-disk-'))
const [old, home, out] = ['old', 'home', 'out'].map(name => join(folder, name))

try {
  await furnish()
  const commands = await commandsOf()
  const tally = new Map()
  const wrong = []
  for (const command of commands) await measure(command)
  const plan = commands.flatMap(command =>
    ['short', 'full', 'kill'].flatMap(kind =>
      Array.from({ length: command.calls }, (_, at) => ({ command, kind, at: at + 1, rank: random() })),
    ),
  )
  const chosen = plan.sort((a, b) => a.rank - b.rank).slice(0, points)
  for (const { command, kind, at } of chosen) {
    const complaint = await tryOne(command, kind, at)
    const key = `${command.name} · ${kind}`
    tally.set(key, (tally.get(key) ?? 0) + 1)
    if (complaint) wrong.push(`${key} at call ${at} of ${command.calls}: ${complaint}`)
  }
  for (const [key, count] of [...tally].sort()) console.log(`${String(count).padStart(4)}  ${key}`)
  console.log(`${chosen.length} of ${plan.length} points (seed ${seed}), ${wrong.length} wrong`)
  for (const line of wrong) console.log(`  ${line}`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await stage.close()
  rmSync(folder, { recursive: true, force: true })
}

/** The home that each trial begins with: a tenant with connections, another without, somebody protected. */
async function furnish() {
  cpSync(stage.home, old, { recursive: true })
  const config = JSON.parse(readFileSync(join(old, 'config.json'), 'utf8'))
  const plain = JSON.parse(readFileSync(join(old, 'secrets', 'plain.json'), 'utf8'))
  // One tenant and three systems: each command then takes a tenth of a second.
  config.tenants = config.tenants.filter(t => t.name === tenant)
  config.connections = config.connections.filter(
    c => c.tenant === tenant && ['graphus', 'kaseyaone', 'bms'].includes(c.system),
  )
  const used = config.connections.map(c => c.secretRef)
  plain.secrets = plain.secrets.filter(s => used.includes(s.ref))
  delete config.current
  writeFileSync(join(old, 'config.json'), JSON.stringify(config))
  writeFileSync(join(old, 'secrets', 'plain.json'), JSON.stringify(plain))
  rmSync(join(old, 'state'), { recursive: true, force: true })
  for (const words of [
    ['tenant', 'add', 'Contoso', '--domain', 'contoso.example'],
    ['protect', 'add', 'glass@contoso.example'],
  ]) {
    const ran = await run(words, { at: old })
    if (ran.code !== 0) throw new Error(ran.stderr)
  }
}

async function commandsOf() {
  const { connections } = JSON.parse(readFileSync(join(old, 'config.json'), 'utf8'))
  const { secrets } = JSON.parse(readFileSync(join(old, 'secrets', 'plain.json'), 'utf8'))
  const graphus = connections.find(c => c.system === 'graphus')
  const { password } = secrets.find(s => s.ref === graphus.secretRef).values
  const { url, username, company } = graphus.settings
  const sets = Object.entries(graphus.settings)
    .filter(([key]) => !['url', 'username', 'company'].includes(key))
    .flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const connect = ['connect', 'graphus', '--tenant', tenant, '--url', url, '--username', username]
  const whole = [...connect, ...(company ? ['--company', company] : []), ...sets, '--password-stdin']
  const named = (name, words, more = {}) => ({ name, words, ...more })
  return [
    named('tenant add', ['tenant', 'add', 'Fabrikam', '--domain', 'fabrikam.example']),
    named('tenant rename', ['tenant', 'rename', tenant, 'Northwind']),
    named('tenant use', ['tenant', 'use', 'Contoso']),
    named('tenant domains add', ['tenant', 'domains', 'add', 'Contoso', 'contoso.test']),
    named('tenant domains remove', ['tenant', 'domains', 'remove', 'Contoso', 'contoso.example']),
    named('tenant remove', ['tenant', 'remove', tenant, '--yes']),
    named('protect add', ['protect', 'add', 'svc-sync', '--tenant', 'Contoso']),
    named('protect remove', ['protect', 'remove', 'glass@contoso.example']),
    named('disconnect', ['disconnect', 'graphus', '--tenant', tenant]),
    named('connect, plain', [...whole, '--keep', 'plain'], { stdin: password }),
    named('connect, plain to sealed', [...whole, '--keep', 'sealed'], { stdin: password }),
    named('a change and its ledger', ['unified-login', 'enable', 'graphus', '--tenant', tenant, '--yes'], {
      run: true,
    }),
    named('offboard --save-plan', offboard('--save-plan', join(out, 'plan.json')), { file: 'plan.json', ends: '}\n' }),
  ]
}

function offboard(...more) {
  return ['offboard', 'emma.suzuki@northwind-dental.example', '--tenant', tenant, ...more]
}

/** What a command does unharmed, and in how many calls. */
async function measure(command) {
  reset()
  const before = stateOf(command)
  const report = join(folder, 'calls')
  const ran = await run(command.words, { ...command, fault: { kind: 'count', at: 0, report } })
  // A plan of somebody who is not in every system ends with 3.
  if (ran.code !== 0 && !(command.file && ran.code === 3)) throw new Error(`${command.name}: ${ran.code} ${ran.stderr}`)
  command.done = ran.code
  command.calls = Number(readFileSync(report, 'utf8'))
  command.old = before
  command.new = stateOf(command)
  if (command.new === before) throw new Error(`${command.name} changed nothing`)
  if (command.calls < 4)
    throw new Error(`${command.name} makes ${command.calls} calls only: the faults do not reach it`)
  await stage.post('reset')
}

/** @returns what is wrong, if anything */
async function tryOne(command, kind, at) {
  reset()
  const ran = await run(command.words, { ...command, fault: { kind, at } })
  try {
    if (kind === 'kill' ? ran.signal !== 'SIGKILL' : ran.code === null) return `ended with ${ran.code} ${ran.signal}`
    if (/defect|at .*\.js:\d+/.test(ran.stderr)) return ran.stderr
    if (kind === 'short' && ran.code !== command.done) return `failed: ${ran.stderr}`
    if (ran.code === command.done && stateOf(command) !== command.new)
      return `exit 0, and not what it said: ${stateOf(command)}`
    if (kind === 'full' && at === 1 && ran.code === command.done) return 'done, on a full disk'
    if (kind !== 'kill') {
      const pieces = listAll(folder).filter(path => /\.new$|\.held|\.lock/.test(path))
      if (pieces.length > 0) return `left ${pieces}`
    }
    const harmed = stateOf(command)
    if (command.run) return await continueRun()
    if (ran.code !== command.done && kind === 'full' && command.file && harmed !== command.old)
      return `exit ${ran.code}, and changed`
    // The same command again: it begins with what the one before left behind.
    const again = await run(command.words, command)
    const after = stateOf(command)
    if (after !== command.new) return `repeated (exit ${again.code}): ${after}`
    const orphans = orphansOf()
    if (orphans.length > 0) return `exit ${again.code}, and secrets are left: ${orphans}`
    return undefined
  } catch (error) {
    return error.stack
  } finally {
    if (command.run) await stage.post('reset')
  }
}

/** The ledger of a run that was cut off is whole up to there, and the run goes on. */
async function continueRun() {
  const listed = await run(['runs', 'list', '--json'])
  if (listed.code !== 0) return listed.stderr
  const [last] = JSON.parse(listed.stdout)
  if (last === undefined) return undefined
  if (last.verdict === 'altered') return 'the ledger counts as altered'
  const resumed = await run(['runs', 'resume', 'last'])
  return resumed.code === 0 || /Nothing was changed in that run|is over/.test(resumed.stderr)
    ? undefined
    : resumed.stderr
}

function reset() {
  for (const path of [home, out]) rmSync(path, { recursive: true, force: true })
  cpSync(old, home, { recursive: true })
  cpSync(join(old, 'secrets'), out, { recursive: true, filter: path => !path.endsWith('.json') })
  writeFileSync(join(out, 'plan.json'), 'old')
}

/** All that a command may change, as text, without times. */
function stateOf({ file, ends, run }) {
  if (file) {
    const text = readFileSync(join(out, file), 'utf8')
    return text === 'old' ? text : text.endsWith(ends) && JSON.parse(text) ? 'new' : `cut off: ${text}`
  }
  if (run) {
    const runs = join(home, 'state', 'runs')
    return existsSync(runs) ? `${readdirSync(runs).filter(name => name.endsWith('.jsonl')).length} runs` : '0 runs'
  }
  const config = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))
  for (const connection of config.connections) delete connection.connectedAt
  config.connections.sort((a, b) => (a.system < b.system ? -1 : 1))
  return JSON.stringify({ config, secrets: keptRefs() })
}

function keptRefs() {
  const [plain, sealed] = ['plain', 'sealed'].map(name => join(home, 'secrets', `${name}.json`))
  const refs = existsSync(plain) ? JSON.parse(readFileSync(plain, 'utf8')).secrets.map(s => s.ref) : []
  return { plain: refs.sort(), sealed: existsSync(sealed) }
}

/** Secrets in the plain file, or pieces of one, that no connection uses. */
function orphansOf() {
  const { connections, leaving = [] } = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))
  const used = connections.filter(c => c.place === 'plain').map(c => c.secretRef)
  const { plain } = keptRefs()
  const pieces = listAll(home).filter(path => path.endsWith('.new'))
  return [...plain.filter(ref => !used.includes(ref)), ...leaving.map(l => l.ref), ...pieces]
}

function listAll(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function run(words, { at = home, stdin = '', fault } = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: at,
    K1CTL_HOME: at,
    K1CTL_PASSPHRASE: passphrase,
    NO_COLOR: '1',
    ...(fault
      ? { NODE_OPTIONS: `--require=${preload}`, TRIAL_FAULT: JSON.stringify({ under: folder, ...fault }) }
      : {}),
  }
  const child = spawn(process.execPath, [cli, ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return endOf(child)
}
