// Kills of the commands that change what is kept here, and no system: connect, tenant, protect. Each is killed right before
// every call that changes the disk, and at random moments, then given again as a user would.
import { openStoreGround } from '../hostile/store-ground.js'
import { randomOf } from './stage.js'

/** By subject: the names of its commands. */
const subjects = { connect: /^(dis)?connect\b/, tenant: /^tenant /, protect: /^protect / }

export const storeSubjects = Object.keys(subjects)
const mostTries = 3

/** Kills that often, so many side by side. @returns the exit code */
export async function storeKills({ subject, runs, seed, lanes, say }) {
  const begun = performance.now()
  let number = 0
  const next = () => (number < runs ? number++ : undefined)
  say(`Node ${process.version}, subject ${subject}, ${runs} kills, seed ${seed}, ${lanes} at once`)
  const all = await Promise.all(
    Array.from({ length: lanes }, (_, index) => lane({ subject, runs, next, say, random: randomOf(seed + index) })),
  )
  const results = all.flat()
  const wrong = results.filter(r => r.wrong.length > 0).length
  const sum = pick => results.reduce((total, result) => total + pick(result), 0)
  const atCalls = results.filter(r => r.killed.startsWith('call')).length
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  say(`${atCalls} kills at a call to the disk, ${results.length - atCalls} at a random moment; ${seconds} s`)
  say(`kills ${results.length}, lost ${sum(r => r.lost)}, secrets or pieces left ${sum(r => r.left)}, wrong ${wrong}`)
  return wrong === 0 && results.length === runs ? 0 : 1
}

/** Rounds in a ground of its own, until there is no next. */
async function lane({ subject, runs, random, next, say }) {
  const ground = await openStoreGround()
  const results = []
  try {
    const commands = ground.commands.filter(({ name }) => subjects[subject].test(name))
    // The first times are slower: caches fill.
    for (const command of [...commands, ...commands]) await ground.measure(command)
    const points = commands.flatMap(command =>
      Array.from({ length: command.calls }, (_, at) => ({ command, at: at + 1 })),
    )
    for (let number = next(); number !== undefined; number = next()) {
      const when = number % 2 === 1 ? atCall(number, points, runs) : atMoment(random, commands)
      const result = await round(ground, when, random)
      const { command, killed, tries, wrong } = result
      const columns = [String(number + 1).padStart(4), killed.padEnd(14), command.name.padEnd(30), `${tries} again`]
      say([...columns, wrong.length === 0 ? 'whole' : 'WRONG'].join('  '))
      for (const sentence of wrong) say(`        ${sentence}`)
      results.push(result)
    }
  } finally {
    await ground.close()
  }
  return results
}

/** Every call in turn; where there are fewer rounds than calls, spread over all of them. */
function atCall(number, points, runs) {
  const [index, sweeps] = [Math.floor(number / 2), Math.floor(runs / 2)]
  return points[sweeps >= points.length ? index % points.length : Math.floor((index * points.length) / sweeps)]
}

function atMoment(random, commands) {
  return { command: commands[Math.floor(random() * commands.length)] }
}

async function round(ground, { command, at }, random) {
  for (let tries = 0; tries < 20; tries += 1) {
    await ground.reset(command)
    const ms = random() * command.ms
    const ran = await ground.run(command.words, {
      ...command,
      ...(at === undefined ? { killAfter: ms } : { fault: { kind: 'kill', at } }),
    })
    // It was done before it could be killed.
    if (ran.signal !== 'SIGKILL') continue
    const killed = at === undefined ? `time ${ms.toFixed(0)} ms` : `call ${at}`
    return { command, killed, ...(await finish(ground, command)) }
  }
  return { command, killed: 'never', tries: 0, wrong: ['it could not be killed in time, 20 times'], lost: 0, left: 0 }
}

/** As a user does: looks, and gives the command again until it says that it is done, or was. */
async function finish(ground, command) {
  const wrong = []
  let [lost, left] = [0, 0]
  const config = ground.configOf()
  if (config !== command.oldConfig && config !== command.newConfig) {
    lost += 1
    wrong.push(`neither the old nor the new: ${config}`)
  }
  let tries = 0
  let ran
  do {
    ran = await ground.run(command.words, command)
    tries += 1
  } while (ran.code !== 0 && tries < mostTries && ground.stateOf(command) !== command.new)
  if (/defect|at .*\.js:\d+/.test(ran.stderr)) wrong.push(ran.stderr)
  if (ground.stateOf(command) !== command.new) {
    lost += 1
    wrong.push(`given again (exit ${ran.code}) it is not there: ${ground.stateOf(command)}\n${ran.stderr}`)
  }
  const orphans = [...ground.orphansOf(), ...ground.secretsLeft()]
  if (orphans.length > 0) {
    left += 1
    wrong.push(`left over: ${orphans.join(', ')}`)
  }
  return { tries, wrong, lost, left }
}
