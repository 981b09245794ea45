// What is run, killed and resumed. A subject names a command for a round, and judges the simulators after it.
import { judgedSystems, openGoals } from './judge.js'

const tenant = 'Northwind Dental'
const tenantId = 't-001'

/**
 * Northwind alone. BMS and Graphus follow KaseyaOne; Partner Portal does not, so that k1ctl has an account of its own to
 * block there.
 */
export function northwind({ demoWorld }) {
  const world = demoWorld()
  const [first] = world.tenants
  first.bms.settings.deprovisioning = true
  Object.assign(first.graphus, { linked: true, logIn: true, deprovisioning: true })
  return { ...world, tenants: [first] }
}

/** Three leavers, others each round. */
export function offboarding({ demoFacts }) {
  return {
    name: 'offboard',
    round(random) {
      const left = [...demoFacts.leavers]
      const leavers = Array.from({ length: 3 }, () => left.splice(Math.floor(random() * left.length), 1)[0])
      return {
        words: ['offboard', ...leavers, '--tenant', tenant, '--yes', '--output', 'ndjson'],
        async open(stage) {
          const states = await Promise.all(judgedSystems.map(async id => [id, (await stage.people(id))[tenantId]]))
          return leavers.flatMap(email => openGoals(email, Object.fromEntries(states)))
        },
      }
    },
  }
}

/** One setting of one module: the smallest run there is. */
export function requiring() {
  const excepted = ['amy.breakglass@northwind-dental.example', 'k1ctl-api@northwind-dental.example']
  const except = excepted.flatMap(email => ['--except', email])
  return {
    name: 'require-log-in',
    round: () => ({
      words: ['require-log-in', 'enable', 'bms', ...except, '--tenant', tenant, '--yes', '--json'],
      async open(stage) {
        const { companies } = await stage.control('bms/state')
        const { requireLogIn, userExceptionIds } = companies[0].settings
        return requireLogIn === true && userExceptionIds.length === 2 ? [] : ['Require Log In is not as it was to be']
      },
    }),
  }
}
