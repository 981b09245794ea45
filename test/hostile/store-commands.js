import { join } from 'node:path'

const posture = 'defaults:\n  graphus: { log-in: on, deprovisioning: on }\n'

/**
 * Every command that writes. `base`: the home that it begins with (plain); `file`, `ends`: it writes a file of that end;
 * `isRun`: it writes a ledger; `before`: what was run before it, on systems at their start;
 * `posture`: the posture file that it reads.
 */
export function storeCommands({ connect, password }, { out, tenant, leaver }) {
  const named = (name, words, more = {}) => ({ name, words, ...more })
  const leaving = ['offboard', leaver, '--tenant', tenant, '--except', 'bms']
  const enable = ['unified-login', 'enable', 'graphus', '--tenant', tenant, '--yes']
  const file = join(out, 'file')
  const dated = [...leaving, '--at', '2030-12-06 17:00', '--zone', 'UTC', '--yes']
  return [
    named('tenant add', ['tenant', 'add', 'Fabrikam', '--domain', 'fabrikam.example']),
    named('tenant rename', ['tenant', 'rename', tenant, 'Northwind']),
    named('tenant use', ['tenant', 'use', 'Contoso']),
    named('tenant domains add', ['tenant', 'domains', 'add', 'Contoso', 'contoso.test']),
    named('tenant domains remove', ['tenant', 'domains', 'remove', 'Contoso', 'contoso.example']),
    named('tenant import', ['tenant', 'import', 'graphus', '--tenant', tenant]),
    named('tenant remove', ['tenant', 'remove', tenant, '--yes'], { base: 'marked' }),
    named('protect add', ['protect', 'add', 'svc-sync', '--tenant', 'Contoso']),
    named('protect add, and who that is', ['protect', 'add', 'amy.breakglass@northwind-dental.example']),
    named('protect remove', ['protect', 'remove', 'glass@contoso.example']),
    named('disconnect', ['disconnect', 'graphus', '--tenant', tenant], { base: 'marked' }),
    named('disconnect, sealed', ['disconnect', 'graphus', '--tenant', tenant], { base: 'sealed' }),
    named('connect, plain', [...connect, '--keep', 'plain'], { base: 'marked', stdin: password }),
    named('connect, plain to sealed', [...connect, '--keep', 'sealed'], { base: 'marked', stdin: password }),
    named('connect, sealed to plain', [...connect, '--keep', 'plain'], { base: 'sealed', stdin: password }),
    named('connect, from the environment', connect.slice(0, -1), {
      base: 'marked',
      env: { K1CTL_GRAPHUS_PASSWORD: password },
    }),
    named('a change and its ledger', enable, { isRun: true, before: [] }),
    named('runs undo', ['runs', 'undo', 'last', '--yes'], { isRun: true, before: [enable] }),
    named('offboard', [...leaving, '--yes'], { isRun: true, before: [] }),
    named('offboard --save-plan', [...leaving, '--save-plan', file], { file: true, ends: '}\n' }),
    named('runs report', ['runs', 'report', 'last', '--format', 'html', '--to', file], {
      file: true,
      ends: '</html>\n',
      before: [enable],
    }),
    named('runs export --to', ['runs', 'export', '--since', '2020-01-01', '--format', 'html', '--to', file], {
      file: true,
      ends: '</html>\n',
    }),
    named('config set', ['config', 'set', 'zone', 'Europe/Berlin']),
    named('alias set', ['alias', 'set', 'leaver', 'offboard $1 --dry-run', '--clobber']),
    named('tenant approval', ['tenant', 'approval', 'Contoso', '--for', 'delete', '--for', 'people=3']),
    named('attest', ['attest', tenant, 'it-glue', 'log-in', '--note', 'seen in the console']),
    named('offboard --at', dated),
    named('schedule hold', ['schedule', 'hold', 'last'], { before: [dated] }),
    named('schedule cancel', ['schedule', 'cancel', 'last'], { before: [dated] }),
    named('approve', ['approve', 'last', '--refuse'], {
      before: [['tenant', 'approval', tenant, '--for', 'people=0'], dated],
      env: { USER: 'ben', LOGNAME: 'ben' },
    }),
    named(
      'posture apply --save-plan',
      ['posture', 'apply', '-f', join(out, 'posture.yaml'), '--tenant', tenant, '--save-plan', file],
      {
        file: true,
        ends: '}\n',
        posture,
      },
    ),
  ]
}
