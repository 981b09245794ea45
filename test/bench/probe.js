import { ironbridge } from '../kill/estate.js'
import { loadSandbox, openStage } from '../kill/stage.js'
import { counted } from './counting.js'
const world = ironbridge(await loadSandbox())
const stage = await openStage(world)
const settings = {
  K1CTL_MICROSOFT_365_LICENCES: 'remove',
  K1CTL_MICROSOFT_365_OTHERS_MAILBOXES: 'left',
  K1CTL_MICROSOFT_365_IMMUTABLE_ID: 'cleared',
  K1CTL_MICROSOFT_365_AUTOPILOT: 'unassigned',
  K1CTL_MICROSOFT_365_FORWARD: 'successor',
  K1CTL_MICROSOFT_365_AUTO_REPLY: '{name} has left. Please write to {successor}.',
}
try {
  const extra = process.argv.slice(2)
  const ran = await stage.run(['offboard', 'emma.suzuki@ironbridge.example', '--only', 'microsoft-365', '--wait', '5', '--yes', '--successor', 'manager', '--cancel-meetings', ...extra], settings)
  const calls = (await stage.calls()).filter(c => c.system === 'microsoft-365')
  console.log(ran.code, ran.stdout, ran.stderr)
  console.log(calls.length, 'writes', calls.filter(c => c.write).length)
  const only = counted(calls)
  calls.forEach((c, i) => console.log(i + 1, c.at.slice(17), (c.write ? 'W ' : '  ') + (c.operation ?? '').slice(0, 120) + (c.operation ? '' : counted([c])[0][0].replace(/%[0-9A-F]{2}/g, m => decodeURIComponent(m)).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#').slice(0, 330))))
  console.log('twice:'); for (const [name, n] of only) if (n > 1) console.log(n, decodeURIComponent(name).slice(0, 140))
} finally { await stage.close() }
