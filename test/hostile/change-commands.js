import { join } from 'node:path'

/** Those of store-commands.js that change a system, or wait to, or are about the ledger of such a run. */
export function changeCommands({ out, tenant, leaver, posture }) {
  const own = ['--tenant', tenant, '--yes']
  const file = join(out, 'file')
  const enable = ['unified-login', 'enable', 'graphus', ...own]
  const glass = 'amy.breakglass@northwind-dental.example'
  const except = ['--except', 'k1ctl-api', '--except', glass, '--role', 'Manager']
  const require = ['require-log-in', 'enable', 'bms', ...except, ...own]
  const map = ['access-groups', 'map', 'bms', 'Finance', '--role', 'Manager', ...own]
  const leaving = ['offboard', leaver, '--tenant', tenant, '--except', 'bms']
  const dated = [...leaving, '--at', '2030-12-06 17:00', '--zone', 'UTC', '--yes']
  const approval = ['tenant', 'approval', tenant, '--for', 'people=0']

  const run = (name, words, before = [], more = {}) => ({ name, words, before, isRun: true, ...more })
  const kept = (name, words, before, more = {}) => ({ name, words, before, ...more })
  return [
    run('unified-login enable', enable),
    run('unified-login disable', ['unified-login', 'disable', 'graphus', ...own], [enable]),
    run('deprovisioning enable', ['deprovisioning', 'enable', 'bms', ...own]),
    run(
      'deprovisioning disable',
      ['deprovisioning', 'disable', 'bms', ...own],
      [['deprovisioning', 'enable', 'bms', ...own]],
    ),
    run('jit enable', ['jit', 'enable', 'bms', ...own]),
    run('jit disable', ['jit', 'disable', 'bms', ...own], [['jit', 'enable', 'bms', ...own]]),
    run('jit defaults set', ['jit', 'defaults', 'set', 'bms', '--department', 'Finance', ...own]),
    run('access-groups enable', ['access-groups', 'enable', 'bms', ...own]),
    run(
      'access-groups disable',
      ['access-groups', 'disable', 'bms', ...own],
      [['access-groups', 'enable', 'bms', ...own]],
    ),
    run('access-groups map', map),
    run('access-groups unmap', ['access-groups', 'unmap', 'bms', 'Finance', ...own], [map]),
    run('require-log-in enable', require),
    run('require-log-in disable', ['require-log-in', 'disable', 'bms', ...own], [require]),
    ...['add', 'set'].map(how =>
      run(
        `require-log-in exceptions ${how}`,
        ['require-log-in', 'exceptions', how, 'bms', 'k1ctl-api', '--role', 'Technician', ...own],
        [require],
      ),
    ),
    run(
      'require-log-in exceptions remove',
      ['require-log-in', 'exceptions', 'remove', 'bms', '--role', 'Manager', ...own],
      [require],
    ),
    run('posture apply', ['posture', 'apply', '-f', posture, ...own], [], {
      posture: 'defaults:\n  graphus: { log-in: on, deprovisioning: on }\n',
    }),
    run('runs undo', ['runs', 'undo', 'last', '--yes'], [enable]),
    run('runs resume', ['runs', 'resume', 'last'], [{ words: enable, fault: { kind: 'kill', at: 17 } }]),
    run('offboard', [...leaving, '--yes']),
    run('approve, done at once', ['approve', 'last', '--yes'], [approval, [...leaving, '--yes']], { by: 'ben' }),
    run('worker --once', ['worker', '--once'], [soon(leaving)], { waits: 3_500 }),
    kept(
      'runs attest',
      ['runs', 'attest', 'last', `${tenant}/${leaver}/bms/sign-in-blocked`, '--note', 'done'],
      [['offboard', leaver, ...own]],
    ),
    kept('runs seal', ['runs', 'seal', 'last', '--key', join(out, 'key'), '--to', join(out, 'packet')], [enable], {
      pages: join(out, 'packet'),
      isOne: true,
      needsKey: true,
    }),
    kept('offboard --save-plan', [...leaving, '--save-plan', file], [], { file, ends: '}\n' }),
    kept('offboard --at', dated, [], { isForDoctor: true }),
    kept('schedule hold', ['schedule', 'hold', 'last'], [dated]),
    kept('schedule go', ['schedule', 'go', 'last'], [dated, ['schedule', 'hold', 'last']]),
    kept('schedule move', ['schedule', 'move', 'last', '--at', '2030-12-13 17:00'], [dated]),
    kept('schedule cancel', ['schedule', 'cancel', 'last'], [dated]),
    kept('approve', ['approve', 'last', '--yes'], [approval, dated], { by: 'ben' }),
    kept('approve --refuse', ['approve', 'last', '--refuse'], [approval, dated], { by: 'ben' }),
  ]
}

/** A date that is due by the time that the command is run. */
function soon(words) {
  return () => {
    const at = new Date(Date.now() + 3_000).toISOString().slice(0, 19).replace('T', ' ')
    return [...words, '--at', at, '--zone', 'UTC', '--yes']
  }
}
