// What a hundred leavers of one tenant cost in calls, eight at a time, beside what one alone costs: what is asked of all
// (rights, licences, roles' names, settings) is asked once. Exit 1 when it is more than 0.7 of that for each.
// Usage: node test/bench/crowd.js [--people 100] [--concurrency 8] [--list]
import { endOf, loadSandbox, openStage, optionOf } from '../kill/stage.js'
import { bySystem, counted } from './counting.js'

const count = Number(optionOf('people', '100'))
const concurrency = optionOf('concurrency', '8')
const list = process.argv.includes('--list')
const most = 0.7

/** People of the estate come in six kinds, by their devices and groups: each is also tried alone. */
const kinds = 6

const { crowdedEstate, emails } = crowdOf(await loadSandbox())
const stage = await openStage(crowdedEstate)

async function offboarded(people) {
  await stage.reset()
  // An hour has 1,500 calls of one endpoint of BMS; what that costs is another question.
  await stage.post('bms/limit', { perHour: 1_000_000 })
  const child = stage.start(
    [
      ...['offboard', '-', '--tenant', crowdedEstate.tenants[0].name, '--yes', '--wait', '5', '--output', 'ndjson'],
      ...['--concurrency', concurrency, '--max', String(people.length), '--max-share', '100'],
    ],
    ['pipe', 'pipe', 'pipe'],
  )
  child.stdin.end(`${people.join('\n')}\n`)
  const begun = performance.now()
  const { code, stdout, stderr } = await endOf(child)
  // Somebody whose device is off, or who has an account elsewhere, is not proved in five seconds: 2 and 3 are answers.
  if (code !== 0 && code !== 3) console.log(stdout.slice(-2000) + stderr)
  return { code, ms: performance.now() - begun, systems: bySystem(await stage.calls()) }
}

try {
  const alone = new Map()
  for (const person of emails.slice(0, kinds)) {
    const { systems } = await offboarded([person])
    for (const [system, calls] of systems) alone.set(system, (alone.get(system) ?? 0) + calls.length / kinds)
  }
  const crowd = await offboarded(emails)
  const total = [...crowd.systems.values()].reduce((sum, calls) => sum + calls.length, 0)
  const single = [...alone.values()].reduce((sum, each) => sum + each, 0)
  const share = total / count / single
  console.log(
    `\n${count} people, ${concurrency} at a time: exit ${crowd.code}, ${(crowd.ms / 1000).toFixed(1)} s, ${total} calls`,
  )
  for (const [system, calls] of [...crowd.systems].sort((a, b) => b[1].length - a[1].length)) {
    const each = calls.length / count
    const one = alone.get(system) ?? 0
    console.log(
      `  ${system.padEnd(22)} ${each.toFixed(1).padStart(6)} calls each, ${one.toFixed(1).padStart(6)} alone  ${(each / one).toFixed(2)}`,
    )
    if (list)
      for (const [call, times] of counted(calls)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 12))
        console.log(`      ${times} × ${call}`)
  }
  const verdict = share <= most ? `at most ${most}` : `OVER ${most}`
  console.log(
    `  ${'all'.padEnd(22)} ${(total / count).toFixed(1).padStart(6)} calls each, ${single.toFixed(1).padStart(6)} alone  ${share.toFixed(2)}  ${verdict}`,
  )
  if (share > most || (crowd.code !== 0 && crowd.code !== 3)) process.exitCode = 1
} finally {
  await stage.close()
}

/** The estate of the demo with so many more people, each like one who is there already. */
function crowdOf({ demoWorld, estateTenant, estatePeople }) {
  const world = demoWorld()
  const tenant = estateTenant(world)
  const models = estatePeople(world)
    .slice(3)
    .map(({ person }) => person)
  const more = Array.from({ length: count }, (_, at) => {
    const digits = String(at + 1).padStart(4, '0')
    const model = models[at % models.length]
    return {
      ...model,
      id: `p-9${digits.padStart(5, '0')}`,
      givenName: 'Person',
      familyName: digits,
      email: `person-${digits}@${tenant.domains[0]}`,
      graphusRole: 'Analyst',
      partnerPortalRole: 'Tech',
      ...(model.huddleLogin === undefined ? {} : { huddleLogin: `person-${digits}@${tenant.domains[0]}` }),
      ...(model.bmsEmployeeId === undefined ? {} : { bmsEmployeeId: 80_000 + at }),
    }
  })
  return {
    emails: more.map(({ email }) => email),
    crowdedEstate: { ...world, tenants: [{ ...tenant, people: [...tenant.people, ...more] }] },
  }
}
