// Devices that are locked or erased: in two steps, with a wait for the device itself between them.
import { tenant } from './estate.js'

/** What would be lost twice. An order to lock may be given again, and so may a change of status, which shows. */
const once = [
  /^jumpcloud POST .*\/erase$/,
  /^google-workspace POST .*\/devices\/mobile\/[^/]+\/action/,
  /^google-workspace POST .*issueCommand/,
]

/** The one with a device of each kind every other round, another person otherwise. */
export function lockingAndErasing({ demoWorld, estateLeaver, estatePeople }) {
  const world = demoWorld()
  const leaver = estateLeaver(world)
  const others = estatePeople(world).filter(one => !one.admin && one !== leaver)
  return {
    name: 'devices',
    mustBeOnce: ({ system, method, path }) => once.some(pattern => pattern.test(`${system} ${method} ${path}`)),
    mostResumes: 5,
    prepare: stage => stage.post('google-workspace/quirks', { deviceMs: 50 }),
    async assist(stage) {
      await stage.post('jumpcloud/devices/contact')
      await stage.post('google-workspace/devices/contact')
    },
    round(random) {
      const { email } = (random() < 0.6 ? leaver : others[Math.floor(random() * others.length)]).person
      const fate = random() < 0.7 ? 'erase' : 'lock'
      const only = ['jumpcloud', 'google-workspace'].flatMap(system => ['--only', system])
      const isDoubtful = fate === 'erase'
      /** An erasure of which nobody knows whether it was sent is left to a person, who is told of which device. */
      async function left(stage) {
        const open = [...(await releasedIn(stage, email)), ...(await treatedIn(stage, email, fate))]
        const inDoubt = (await devicesOf(stage)).filter(({ end }) => isDoubtful && end === 'unknown')
        return open.filter(
          ({ system, step, name }) =>
            step === 1 || !inDoubt.some(one => one.system === system && inDoubtIn(one.why).includes(name)),
        )
      }
      return {
        words: ['offboard', email, '--tenant', tenant, ...only, '--devices', fate, '--wait', '5', '--yes'],
        open: async stage => (await left(stage)).map(told),
        /** What a Mac did nobody can read, so that no run over one ends with 0. */
        async isThrough(stage, { code }) {
          const devices = await devicesOf(stage)
          const ends = ['changed', 'already', ...(isDoubtful ? ['unknown'] : [])]
          const isOver = devices.length === 2 && devices.every(({ end }) => ends.includes(end))
          return code === 0 || (isOver && (await left(stage)).length === 0)
        },
      }
    },
  }
}

/** The names in a sentence that says of what nobody knows whether it was taken. */
function inDoubtIn(why = '') {
  return /whether it was taken \((.+?)\):/.exec(why)?.[1] ?? ''
}

/** How the run says that the devices of each system ended. */
async function devicesOf(stage) {
  if (stage.ledgerLines() === 0) return []
  const { stdout } = await stage.run(['runs', 'show', 'last', '--json'])
  return JSON.parse(stdout).results.filter(({ kind }) => kind === 'devices-released')
}

async function releasedIn(stage, email) {
  const [{ users, associations, systems }] = (await stage.control('jumpcloud/state')).organizations
  const user = users.find(one => one.email === email)
  return [
    ...associations.filter(one => one.from === user._id && systems.some(({ _id }) => _id === one.to)),
    ...systems.filter(one => one.localAccounts.some(a => a.user === user._id && a.enabled)),
  ].map(one => ({ system: 'jumpcloud', step: 1, what: `${one.displayName ?? one.to} is not released` }))
}

async function treatedIn(stage, email, fate) {
  const [{ users, systems }] = (await stage.control('jumpcloud/state')).organizations
  const { phones, chromebooks } = await stage.control('google-workspace/state')
  const user = users.find(one => one.email === email)
  const theirs = systems.filter(one => one.localAccounts.some(a => a.user === user._id))
  if (theirs.length === 0) throw new Error('The judge does not find the devices.')
  const wanted = { erase: ['WIPED', 'DEPROVISIONED'], lock: ['ACCOUNT_WIPED', 'DISABLED'] }[fate]
  const named = [
    ...phones.filter(one => one.email.includes(email)),
    ...chromebooks.filter(c => c.annotatedUser === email),
  ]
  return [
    ...theirs.filter(one => !(fate === 'erase' ? one.erased : one.locked)).map(one => ['jumpcloud', one.displayName]),
    ...named.filter(one => !wanted.includes(one.status)).map(one => ['google-workspace', one.serialNumber]),
  ].map(([system, name]) => ({ system, step: 2, name, what: `${name} is not told to ${fate}` }))
}

function told({ system, what }) {
  return `${what} in ${system}`
}
