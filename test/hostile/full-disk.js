// A disk that is full, or takes half of each write, and processes that are killed, at every point of every command that
// writes. What is kept has to be the old or the new, the exit code has to tell which, and no secret may be left over.
// The points are spread evenly over the commands. Before that, every command that says it writes nothing is seen to.
// --points N (300), --seed N, --only NAME, --kind short|full|kill; needs a built command.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { optionOf, randomOf } from '../kill/stage.js'
import { openStoreGround } from './store-ground.js'
import { readers } from './unharmed.js'

const points = Number(optionOf('points', process.env.HOSTILE_POINTS ?? '300'))
const seed = Number(optionOf('seed', '20261129'))
const only = optionOf('only', '')
const kinds = ['short', 'full', 'kill'].filter(kind => kind.includes(optionOf('kind', '')))
const random = randomOf(seed)
const ground = await openStoreGround()

try {
  const named = ground.commands.filter(({ name }) => name.includes(only))
  // Where there are fewer points than commands, no command is measured for nothing.
  const commands = points < named.length ? drawn(named, points) : named
  const tally = new Map()
  const wrong = []
  for (const command of commands) await ground.measure(command)
  const plans = commands.map(pointsOf)
  const all = plans.reduce((sum, plan) => sum + plan.length, 0)
  const most = Math.max(...plans.map(plan => plan.length))
  const inTurn = Array.from({ length: most }, (_, at) => plans.flatMap(plan => plan[at] ?? [])).flat()
  const chosen = inTurn.slice(0, points)
  if (only === '') wrong.push(...(await whatReadersWrite()))
  for (const { command, kind, at } of chosen) {
    const complaint = await tryOne(command, kind, at)
    const key = `${command.name} · ${kind}`
    tally.set(key, (tally.get(key) ?? 0) + 1)
    if (complaint) wrong.push(`${key} at call ${at} of ${command.calls}: ${complaint}`)
  }
  for (const [key, count] of [...tally].sort()) console.log(`${String(count).padStart(4)}  ${key}`)
  for (const kind of kinds) console.log(`${chosen.filter(one => one.kind === kind).length} times ${kind}`)
  console.log(
    `${chosen.length} of ${all} points of ${commands.length} commands of ${named.length} (seed ${seed}), ${wrong.length} wrong`,
  )
  for (const line of wrong) console.log(`  ${line}`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await ground.close()
}

/** As many of them as that, by chance. */
function drawn(list, count) {
  const ranked = list.map(one => ({ one, rank: random() })).sort((a, b) => a.rank - b.rank)
  return ranked.slice(0, count).map(({ one }) => one)
}

/** Points of one command, in an order by chance, each kind in its turn. */
function pointsOf(command) {
  const ranked = kinds.map(kind =>
    Array.from({ length: command.calls }, (_, at) => ({ command, kind, at: at + 1, rank: random() })).sort(
      (a, b) => a.rank - b.rank,
    ),
  )
  const first = Math.floor(random() * kinds.length)
  return Array.from({ length: command.calls }, (_, at) =>
    kinds.map((_, turn) => ranked[(first + turn) % kinds.length][at]),
  ).flat()
}

/** Commands that say they write nothing, each counted at the disk, where there is something to read of everything. */
async function whatReadersWrite() {
  const before = ['offboard', 'unified-login enable'].map(name => ground.commands.find(c => c.name === name).words)
  const dated = ground.commands.find(c => c.name === 'offboard --at').words
  await ground.reset({ before: [...before, dated], posture: 'defaults:\n  graphus: { log-in: on }\n' })
  const report = join(ground.folder, 'calls')
  const found = []
  const all = readers(ground)
  const chosen = points < all.length ? drawn(all, points) : all
  for (const { words, codes = [0] } of chosen) {
    const was = ground.allOf()
    const ran = await ground.run(words, { fault: { kind: 'count', at: 0, report } })
    const calls = Number(readFileSync(report, 'utf8'))
    if (!codes.includes(ran.code)) found.push(`${words.join(' ')}: ${ran.code} ${ran.stderr}`)
    if (calls > 0 || ground.allOf() !== was)
      found.push(`${words.join(' ')} says that it writes nothing: ${calls} calls`)
  }
  console.log(`${chosen.length} of ${all.length} commands that write nothing`)
  return found
}

/** @returns what is wrong, if anything */
async function tryOne(command, kind, at) {
  await ground.reset(command)
  const before = { intents: ground.intents(), pieces: ground.piecesIn(ground.folder) }
  const ran = await ground.run(command.words, { ...command, fault: { kind, at } })
  try {
    // A run makes a call more or less each time, as its systems answer: one near the last may never come.
    if (kind === 'kill' && command.isRun && ran.signal === null && at > command.calls - 5) return undefined
    if (kind === 'kill' ? ran.signal !== 'SIGKILL' : ran.code === null) return `ended with ${ran.code} ${ran.signal}`
    if (/defect|at .*\.js:\d+/.test(ran.stderr)) return ran.stderr
    if (kind === 'short' && ran.code !== command.done) return `failed: ${ran.stderr}`
    const isSaid = command.says?.test(ran.stderr) === true
    if (ran.code === command.done && ground.stateOf(command) !== command.new && !isSaid)
      return `exit ${ran.code}, and not what it said: ${ground.stateOf(command)}`
    if (kind === 'full' && at === 1 && ran.code === command.done && !isSaid) return 'done, on a full disk'
    if (kind !== 'kill') {
      const pieces = ground.piecesIn(ground.folder).filter(path => !before.pieces.includes(path))
      if (pieces.length > 0) return `left ${pieces}`
    }
    const harmed = ground.stateOf(command)
    if (ran.code === 1 && ground.intents() > before.intents) return 'exit 1, and an intent is on record'
    if (command.isRun) return (await continueRun()) ?? (await whatIsLeft([]))
    if (harmed.startsWith('cut off')) return harmed
    if (ran.code !== command.done && kind === 'full' && (command.file || command.isOne) && harmed !== command.old)
      return `exit ${ran.code}, and changed`
    // The same command again: it begins with what the one before left behind.
    const again = await ground.run(command.words, command)
    const after = ground.stateOf(command)
    if (after !== command.new) return `repeated (exit ${again.code}): ${after}`
    // Where the next one does not take away what a kill left, doctor does.
    const orphans = ground.orphansOf().filter(path => !(command.isForDoctor && path.endsWith('.new')))
    return await whatIsLeft([...orphans, ...ground.secretsLeft()])
  } catch (error) {
    return error.stack
  }
}

/** Locks that nobody came to want again since, and the beginning of a run that never was, go with the next doctor. */
async function whatIsLeft(secrets) {
  await ground.run(['doctor', '--json'])
  const paths = [...new Set([...secrets, ...ground.piecesIn(ground.home)])]
  return paths.length > 0 ? `in the end there is left: ${paths.join(', ')}` : undefined
}

/** The ledger of a run that was cut off is whole up to there, and the run goes on. */
async function continueRun() {
  const listed = await ground.run(['runs', 'list', '--json'])
  if (listed.code !== 0) return listed.stderr
  const [last] = JSON.parse(listed.stdout)
  if (last === undefined) return undefined
  if (last.verdict === 'altered') return 'the ledger counts as altered'
  const resumed = await ground.run(['runs', 'resume', 'last'])
  return resumed.code === 0 || /Nothing was changed in that run|is over/.test(resumed.stderr)
    ? undefined
    : resumed.stderr
}
