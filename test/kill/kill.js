// Kills the built CLI with SIGKILL at random moments and at every ledger write, resumes it as a user would, and compares
// the simulators' log and state: writes that were taken twice, goals that were lost. Fails unless there is none.
// The simulators take their time over each call, so that a kill also falls between a request and its answer.
// Usage: node test/kill/kill.js [--runs N] [--seed N] [--lanes N] [--latency MS]
//   [--subject offboard|require-log-in|posture|posture-file|undo|estate|devices]
// connect, tenant and protect change no system: they are killed at every call that changes the disk, and given again.
//   [--subject connect|tenant|protect]
import { watch } from 'node:fs'
import { availableParallelism } from 'node:os'
import { lockingAndErasing } from './devices.js'
import { ironbridge, leavingEstate } from './estate.js'
import { duplicatedWrites } from './judge.js'
import { holdingPosture, threeTenants, undoing } from './posture.js'
import { applying, tenantsWithNothing } from './posture-file.js'
import { endOf, loadSandbox, openStage, optionOf, randomOf } from './stage.js'
import { storeKills, storeSubjects } from './stores.js'
import { northwind, offboarding, requiring } from './subjects.js'

const runs = Number(optionOf('runs', '20'))
const seed = Number(optionOf('seed', String(Date.now() % 1_000_000)))
const lanes = Math.min(runs, Number(optionOf('lanes', String(Math.max(1, availableParallelism() - 1)))))
const latencyMs = Number(optionOf('latency', '8'))
/** In every fourth round the modules follow KaseyaOne only after this. */
const followMs = 300

const say = text => process.stdout.write(`${text}\n`)
const named = optionOf('subject', 'offboard')
if (storeSubjects.includes(named)) process.exit(await storeKills({ subject: named, runs, seed, lanes, say }))

const sandbox = await loadSandbox()
const subjects = {
  offboard: [offboarding, northwind],
  'require-log-in': [requiring, northwind],
  posture: [holdingPosture, threeTenants],
  undo: [undoing, threeTenants],
  estate: [leavingEstate, ironbridge],
  devices: [lockingAndErasing, ironbridge],
  'posture-file': [applying, tenantsWithNothing],
}
if (!(named in subjects)) throw new Error(`Subjects: ${[...Object.keys(subjects), ...storeSubjects].join(', ')}`)
const [makeSubject, makeWorld] = subjects[named]
const subject = makeSubject(sandbox)
const mostResumes = subject.mostResumes ?? 3
/** Writes that would do harm twice. */
const mustBeOnce = subject.mustBeOnce ?? (() => true)
const twiceIn = calls => duplicatedWrites(calls.filter(mustBeOnce))

const results = []
let next = 0
const begun = performance.now()
say(`Node ${process.version}, subject ${subject.name}, ${runs} kills, seed ${seed}, ${lanes} at once`)
await Promise.all(Array.from({ length: lanes }, (_, index) => lane(randomOf(seed + index))))

const sum = pick => results.reduce((total, result) => total + pick(result).length, 0)
const [duplicated, lost] = [sum(r => r.duplicated), sum(r => r.lost)]
const seconds = (performance.now() - begun) / 1000
const resumed = results.filter(r => r.resumes > 0).length
say(
  `${results.filter(r => r.when.startsWith('entry')).length} kills at a ledger write, ` +
    `${results.filter(r => r.when.startsWith('time')).length} at a random moment; ${resumed} resumed, ` +
    `${results.length - resumed} given again; ${seconds.toFixed(0)} s`,
)
say(`kills ${results.length}, duplicated writes ${duplicated}, lost goals ${lost}`)
process.exitCode = duplicated === 0 && lost === 0 && results.length === runs ? 0 : 1

/** One sandbox and one home; rounds until all kills are done. */
async function lane(random) {
  const stage = await openStage(makeWorld(sandbox))
  try {
    const whole = await measure(stage, random)
    if (lanes === 1 || next === 0) {
      say(`A run that nobody kills: ${whole.ms.toFixed(0)} ms, ${whole.lines} ledger entries, ${whole.writes} writes`)
      say('   #  killed at          entries  writes  ended by        exit  duplicated  lost')
    }
    while (next < runs) {
      const number = next++
      // Odd rounds go through the ledger, entry by entry; even ones die at any moment.
      const sweep = number % 2 === 1
      const result = await round(
        stage,
        random,
        sweep
          ? { lines: entryOf(Math.floor(number / 2), whole.lines), later: laterOf(number, random) }
          : { ms: random() * whole.ms },
        number,
      )
      if (result) results.push(result)
      else next = Math.min(next, runs - 1)
    }
  } finally {
    await stage.close()
  }
}

/** Every entry in turn; where there are fewer rounds than entries, spread over all of them. */
function entryOf(index, entries) {
  const sweeps = Math.floor(runs / 2)
  return 1 + (sweeps >= entries ? index % entries : Math.floor((index * entries) / sweeps))
}

/** Every other sweep kills a little behind the entry: an intent is followed by a request, and that by its answer. */
function laterOf(number, random) {
  return number % 4 === 3 ? random() * latencyMs * 4 : 0
}

async function prepare(stage, number, before) {
  await stage.reset()
  for (const id of Object.keys(stage.systems))
    await stage.post(`${id}/faults`, { delayMs: latencyMs, lateMs: latencyMs, times: 0 })
  await subject.prepare?.(stage)
  if (before) {
    const ran = await stage.run(before)
    if (ran.code !== 0) throw new Error(`${before.join(' ')} ends with ${ran.code}: ${ran.stderr}`)
    await stage.beginHere()
  }
  if (number % 4 === 0) await stage.post('kaseyaone/deprovision-delay', { ms: followMs })
}

/**
 * The same command with nobody to kill it, twice: the first fills caches. What judges the rounds is tried out too: before
 * the command it must find goals open, and in a log that holds everything twice it must find duplicates.
 */
async function measure(stage, random) {
  let ms = 0
  for (let times = 0; times < 2; times += 1) {
    const { before, settings = {}, words, open, isThrough = endsWell } = subject.round(random)
    stage.use(settings)
    await prepare(stage, 1, before)
    if ((await open(stage)).length === 0) throw new Error('The judge finds nothing to do before the command.')
    let ran = await stage.run(words)
    ms = ran.ms
    if (subject.assist) {
      await subject.assist(stage)
      ran = await stage.run(['runs', 'resume', 'last'])
    }
    const left = await open(stage)
    if (!(await isThrough(stage, ran)) || left.length > 0) {
      throw new Error(
        `Unkilled, ${words.join(' ')} ends with ${ran.code}; ${left.join('; ')}\n${ran.stderr}${ran.stdout}`,
      )
    }
  }
  const calls = await stage.calls()
  const twice = twiceIn(calls)
  if (twice.length > 0) throw new Error(`Unkilled, it sends twice: ${twice.join('; ')}`)
  if (twiceIn([...calls, ...calls]).length === 0) throw new Error('The judge finds no duplicates.')
  return { ms, lines: stage.ledgerLines(), writes: calls.filter(call => call.digest !== undefined).length }
}

async function round(stage, random, when, number) {
  const { before, settings = {}, words, open, isThrough = endsWell } = subject.round(random)
  stage.use(settings)
  for (let tries = 0; tries < 20; tries += 1) {
    await prepare(stage, number, before)
    const killed = await killAt(stage, words, tries === 0 ? when : { ms: random() * (when.ms ?? 1000) })
    // It was done before it could be killed.
    if (killed.signal !== 'SIGKILL') continue
    const writes = (await stage.calls()).filter(call => call.digest !== undefined).length
    const { resumes, again, code, said, isDone } = await finish(stage, words, isThrough)
    const duplicated = twiceIn(await stage.calls())
    const lost = await open(stage)
    if (!isDone && lost.length === 0) lost.push(`it never ended well, but with ${code}`)
    const how = [...(again > 0 ? [`${again} again`] : []), ...(resumes > 0 ? [`${resumes} resume`] : [])].join(', ')
    say(
      [
        String(number + 1).padStart(4),
        killed.when.padEnd(17),
        String(killed.lines).padStart(7),
        String(writes).padStart(6),
        how.padEnd(14),
        String(code).padStart(4),
        String(duplicated.length).padStart(10),
        String(lost.length).padStart(4),
      ].join('  '),
    )
    for (const sentence of [...duplicated, ...lost]) say(`        ${sentence}`)
    if (duplicated.length + lost.length > 0) say(`        ${words.join(' ')}\n${said}`)
    return { when: killed.when, resumes, duplicated, lost }
  }
  say(`${String(number + 1).padStart(4)}  could not be killed in time, 20 times`)
  return null
}

/** As a user does: while there is no run, the command again; then `runs resume last`, until it ends well. */
async function finish(stage, words, isThrough) {
  let [resumes, again, said, code, isDone] = [0, 0, '', null, false]
  while (resumes + again < mostResumes && !isDone) {
    const isRun = stage.ledgerLines() > 0
    await subject.assist?.(stage)
    if (isRun) resumes += 1
    else again += 1
    const ran = await stage.run(isRun ? ['runs', 'resume', 'last'] : words)
    code = ran.code
    said = ran.stderr + ran.stdout
    isDone = await isThrough(stage, ran)
  }
  return { resumes, again, code, said, isDone }
}

function endsWell(_stage, { code }) {
  return code === 0
}

/** Starts the command and kills it after `ms` milliseconds, or as soon as its ledger has `lines` lines. */
async function killAt(stage, words, { ms, lines, later = 0 }) {
  const child = stage.start(words)
  const kill = () => child.kill('SIGKILL')
  let stop
  if (lines === undefined) {
    const timer = setTimeout(kill, ms)
    stop = () => clearTimeout(timer)
  } else {
    const watcher = watch(stage.runs, () => {
      if (stage.ledgerLines() < lines) return
      watcher.close()
      if (later > 0) setTimeout(kill, later)
      else kill()
    })
    stop = () => watcher.close()
  }
  const { signal } = await endOf(child)
  stop()
  return {
    signal,
    lines: stage.ledgerLines(),
    when:
      lines === undefined
        ? `time ${ms.toFixed(0)} ms`
        : `entry ${lines}${later > 0 ? ` + ${later.toFixed(0)} ms` : ''}`,
  }
}
