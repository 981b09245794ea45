// A sandbox and a furnished home for whoever harms commands while they write: before each trial the home is as it was,
// and after it this tells what of it is there. Used by full-disk.js and by the kill harness.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cli, endOf, loadSandbox, openStage } from '../kill/stage.js'
import { storeCommands } from './store-commands.js'
import { readJson, storeState, writeJson } from './store-state.js'

const [disk, user] = ['disk-fault.cjs', 'other-user.cjs'].map(name => fileURLToPath(new URL(name, import.meta.url)))
const passphrase = 'correct horse battery'
export const tenant = 'Northwind Dental'

export async function openStoreGround() {
  const { demoWorld, demoFacts } = await loadSandbox()
  const world = demoWorld()
  // A few tenants and three systems: each command then takes a tenth of a second.
  const stage = await openStage({ ...world, tenants: world.tenants.slice(0, 3) })
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-disk-'))
  const [plain, marked, sealed, home, out] = ['plain', 'marked', 'sealed', 'home', 'out'].map(n => join(folder, n))
  const bases = { plain, marked, sealed }
  /** Every secret that was ever in a home here. */
  const secrets = new Set()

  const state = storeState({ home, out, secrets })
  const { stateOf, configOf, secretsLeft, textsOf } = state

  const leaver = demoFacts.leavers[0]
  const ground = { folder, home, out, tenant, leaver, run, reset, measure, ...state }
  try {
    const commands = storeCommands(await furnish(), { out, tenant, leaver })
    return { ...ground, commands, post: stage.post, close }
  } catch (error) {
    await close()
    throw error
  }

  async function close() {
    await stage.close()
    rmSync(folder, { recursive: true, force: true })
  }

  /**
   * The homes that trials begin with: a tenant with connections, another without, somebody protected. In `marked` each
   * connection has a secret of its own that opens nothing and can be found again; in `sealed` one connection is sealed.
   */
  async function furnish() {
    cpSync(stage.home, plain, { recursive: true })
    const config = readJson(join(plain, 'config.json'))
    const kept = readJson(join(plain, 'secrets', 'plain.json'))
    config.tenants = config.tenants.filter(t => t.name === tenant)
    config.connections = config.connections.filter(
      c => c.tenant === tenant && ['graphus', 'kaseyaone', 'bms'].includes(c.system),
    )
    const used = config.connections.map(c => c.secretRef)
    kept.secrets = kept.secrets.filter(s => used.includes(s.ref))
    delete config.current
    writeJson(join(plain, 'config.json'), config)
    writeJson(join(plain, 'secrets', 'plain.json'), kept)
    rmSync(join(plain, 'state'), { recursive: true, force: true })
    await mustRun(['tenant', 'add', 'Contoso', '--domain', 'contoso.example'], { at: plain })
    await mustRun(['protect', 'add', 'glass@contoso.example'], { at: plain })
    for (const { values } of kept.secrets) for (const value of Object.values(values)) secrets.add(value)

    cpSync(plain, marked, { recursive: true })
    for (const { ref, values } of kept.secrets) {
      for (const name of Object.keys(values)) values[name] = `MARK/${ref}/${name}/${'x'.repeat(20)}`
      for (const value of Object.values(values)) secrets.add(value)
    }
    writeJson(join(marked, 'secrets', 'plain.json'), kept)

    const facts = graphusOf(stage.systems.graphus.credentials)
    secrets.add(facts.password)
    cpSync(plain, sealed, { recursive: true })
    await mustRun([...facts.connect, '--keep', 'sealed'], { at: sealed, stdin: facts.password })
    return facts
  }

  function graphusOf({ url, username, company, password, ...more }) {
    const sets = Object.entries(more).flatMap(([key, value]) => ['--set', `${key}=${value}`])
    const connect = ['connect', 'graphus', '--tenant', tenant, '--url', url, '--username', username]
    return { password, connect: [...connect, '--company', company, ...sets, '--password-stdin'] }
  }

  async function mustRun(words, options, codes = [0]) {
    const ran = await run(words, options)
    if (!codes.includes(ran.code)) throw new Error(`${String(words)}: ${ran.code} ${ran.stderr}`)
  }

  /**
   * Runs a command, or the words that are made right before; `killAfter`: SIGKILL after so many milliseconds; `by`: who runs it;
   * `fault`: see disk-fault.cjs.
   */
  async function run(given, { at = home, stdin = '', env = {}, by, fault, killAfter } = {}) {
    const words = typeof given === 'function' ? given() : given
    const all = {
      PATH: process.env.PATH,
      HOME: at,
      K1CTL_HOME: at,
      K1CTL_PASSPHRASE: passphrase,
      NO_COLOR: '1',
      ...env,
      ...(by ? { TRIAL_USER: by } : {}),
      ...(fault ? { TRIAL_FAULT: JSON.stringify({ under: folder, ...fault }) } : {}),
      NODE_OPTIONS: [fault && disk, by && user].flatMap(path => (path ? [`--require=${path}`] : [])).join(' '),
    }
    const begun = performance.now()
    const child = spawn(process.execPath, [cli, ...words], { env: all, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.on('error', () => {})
    child.stdin.end(stdin)
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter)
    const ended = await endOf(child)
    clearTimeout(timer)
    return { ...ended, ms: performance.now() - begun }
  }

  /** The home as the command finds it; for one of a run also the systems. */
  async function reset({ base = 'plain', before, posture, waits = 0, needsKey }) {
    for (const path of [home, out]) rmSync(path, { recursive: true, force: true })
    cpSync(bases[base], home, { recursive: true })
    cpSync(join(plain, 'secrets'), out, { recursive: true, filter: path => !path.endsWith('.json') })
    writeFileSync(join(out, 'file'), 'old')
    if (posture) writeFileSync(join(out, 'posture.yaml'), posture)
    if (needsKey) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(out, 'key')])
    if (!before) return
    await stage.post('reset')
    // What somebody else has to approve, or has to do, ends with 3.
    for (const step of before) {
      const { words, fault } = step.words ? step : { words: step }
      if (fault) await run(words, { fault })
      else await mustRun(words, {}, [0, 3])
    }
    if (waits > 0) await wait(waits)
  }

  /** What a command does unharmed, in how many calls to the disk, and how long it takes. */
  async function measure(command) {
    await reset(command)
    if (command.posture && command.file?.endsWith('.yaml')) command.was = command.posture
    command.old = stateOf(command)
    command.oldConfig = configOf()
    const report = join(folder, 'calls')
    const ran = await run(command.words, { ...command, fault: { kind: 'count', at: 0, report } })
    // A plan of somebody who is not in every system ends with 3.
    if (ran.code !== 0 && !(command.file && ran.code === 3)) {
      throw new Error(`${command.name}: ${ran.code} ${ran.stderr}`)
    }
    command.done = ran.code
    command.ms = ran.ms
    if (command.pages) command.whole = textsOf(command.pages)
    command.calls = Number(readFileSync(report, 'utf8'))
    command.new = stateOf(command)
    command.newConfig = configOf()
    if (command.new === command.old) throw new Error(`${command.name} changed nothing`)
    if (command.calls < 4)
      throw new Error(`${command.name} makes ${command.calls} calls only: the faults do not reach it`)
    const left = secretsLeft()
    if (left.length > 0) throw new Error(`${command.name}, unharmed, leaves ${left}`)
  }
}
