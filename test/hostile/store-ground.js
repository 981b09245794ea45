// A sandbox and a furnished home for whoever harms commands while they write: before each trial the home is as it was,
// and after it this tells what of it is there. Used by full-disk.js and by the kill harness.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cli, endOf, loadSandbox, openStage } from '../kill/stage.js'
import { storeCommands } from './store-commands.js'

const preload = fileURLToPath(new URL('disk-fault.cjs', import.meta.url))
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

  const ground = { folder, home, out, run, reset, measure, stateOf, configOf, orphansOf, piecesIn, secretsLeft }
  try {
    const commands = storeCommands(await furnish(), { out, tenant, leaver: demoFacts.leavers[0] })
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
    if (!codes.includes(ran.code)) throw new Error(`${words.join(' ')}: ${ran.code} ${ran.stderr}`)
  }

  /** Runs a command; `killAfter`: SIGKILL after so many milliseconds; `fault`: see disk-fault.cjs. */
  async function run(words, { at = home, stdin = '', env = {}, fault, killAfter } = {}) {
    const all = {
      PATH: process.env.PATH,
      HOME: at,
      K1CTL_HOME: at,
      K1CTL_PASSPHRASE: passphrase,
      NO_COLOR: '1',
      ...env,
      ...(fault
        ? { NODE_OPTIONS: `--require=${preload}`, TRIAL_FAULT: JSON.stringify({ under: folder, ...fault }) }
        : {}),
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
  async function reset({ base = 'plain', before, posture }) {
    for (const path of [home, out]) rmSync(path, { recursive: true, force: true })
    cpSync(bases[base], home, { recursive: true })
    cpSync(join(plain, 'secrets'), out, { recursive: true, filter: path => !path.endsWith('.json') })
    writeFileSync(join(out, 'file'), 'old')
    if (posture) writeFileSync(join(out, 'posture.yaml'), posture)
    if (!before) return
    await stage.post('reset')
    // What somebody else has to approve ends with 3.
    for (const words of before) await mustRun(words, {}, [0, 3])
  }

  /** What a command does unharmed, in how many calls to the disk, and how long it takes. */
  async function measure(command) {
    await reset(command)
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
    command.calls = Number(readFileSync(report, 'utf8'))
    command.new = stateOf(command)
    command.newConfig = configOf()
    if (command.new === command.old) throw new Error(`${command.name} changed nothing`)
    if (command.calls < 4)
      throw new Error(`${command.name} makes ${command.calls} calls only: the faults do not reach it`)
    const left = secretsLeft()
    if (left.length > 0) throw new Error(`${command.name}, unharmed, leaves ${left}`)
  }

  /** All that a command may change, as text, without times. */
  function stateOf({ file, ends, isRun }) {
    if (file) {
      const text = readFileSync(join(out, 'file'), 'utf8')
      return text === 'old' ? text : text.endsWith(ends) ? 'new' : `cut off: ${text.slice(-200)}`
    }
    if (isRun) {
      const runs = join(home, 'state', 'runs')
      return existsSync(runs) ? `${readdirSync(runs).filter(name => name.endsWith('.jsonl')).length} runs` : '0 runs'
    }
    const preferences = readIfThere(join(home, 'preferences.json'))
    const attested = readIfThere(join(home, 'state', 'attestations.json'))?.attestations?.length > 0
    return JSON.stringify({ config: readConfig(), secrets: keptRefs(), preferences, attested, dated: datedStates() })
  }

  /** In which states dated offboardings are; given again, a command may make another one of the same. */
  function datedStates() {
    const folder = join(home, 'state', 'dated')
    const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : []
    return [...new Set(names.map(name => readJson(join(folder, name)).state))].sort()
  }

  /** The configuration alone, without what is only noted on the way. */
  function configOf() {
    const { leaving: _, version: __, ...config } = readConfig()
    return JSON.stringify(config)
  }

  function readConfig() {
    const config = readJson(join(home, 'config.json'))
    for (const connection of config.connections) delete connection.connectedAt
    const nameOf = c => `${c.tenant} ${c.system}`
    config.connections.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    return config
  }

  function plainSecrets() {
    const path = join(home, 'secrets', 'plain.json')
    return existsSync(path) ? readJson(path).secrets : []
  }

  function keptRefs() {
    return {
      plain: plainSecrets()
        .map(s => s.ref)
        .sort(),
      sealed: existsSync(join(home, 'secrets', 'sealed.json')),
    }
  }

  /** Secrets in the plain file, or pieces of one, that no connection uses. */
  function orphansOf() {
    const { connections, leaving = [] } = readConfig()
    const used = connections.filter(c => c.place === 'plain').map(c => c.secretRef)
    const isSealed = connections.some(c => c.place === 'sealed')
    const { plain: refs, sealed: hasSealed } = keptRefs()
    return [
      ...refs.filter(ref => !used.includes(ref)),
      ...(hasSealed && !isSealed ? ['sealed.json'] : []),
      ...leaving.map(l => l.ref),
      // The lock of a process that was killed is taken over by whoever comes next, or cleared away by doctor.
      ...piecesIn(home).filter(name => name.endsWith('.new')),
    ]
  }

  /** Names of files below a folder that only exist while somebody writes. */
  function piecesIn(path) {
    return listAll(path).filter(name => /\.new$|\.held|\.lock/.test(name))
  }

  /** Files that hold the bytes of a secret which no plain connection uses any more. */
  function secretsLeft() {
    const used = readConfig()
      .connections.filter(c => c.place === 'plain')
      .map(c => c.secretRef)
    const allowed = plainSecrets()
      .filter(s => used.includes(s.ref))
      .flatMap(s => Object.values(s.values))
    const gone = [...secrets].filter(secret => secret.length > 7 && !allowed.includes(secret))
    return [...listAll(home), ...listAll(out)].filter(path => {
      const text = readFileSync(path, 'utf8')
      return gone.some(secret => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))
    })
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function readIfThere(path) {
  return existsSync(path) ? readJson(path) : undefined
}

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value))
}

function listAll(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}
