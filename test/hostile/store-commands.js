import { join } from 'node:path'
import { changeCommands } from './change-commands.js'

const holds = 'defaults:\n  graphus: { log-in: on, deprovisioning: on }\n'
const deviates = 'defaults:\n  graphus: { log-in: on }\n'

/**
 * Every command that writes, at its start: `words`. `base`: the home that it begins with (plain); `file`, `ends`: it
 * writes a file of that end; `pages`: it writes these files, each whole, into a folder; `isRun`: it writes a ledger;
 * `before`: what was run before it, on systems at their start; `waits`: and then for so many milliseconds;
 * `isForDoctor`: a piece that a kill left goes with doctor; `posture`: the file that it reads; `says`: what it keeps is beside what
 * was asked, and this says that it was not kept.
 */
export function storeCommands({ connect, password }, { out, tenant, leaver }) {
  const named = (name, words, more = {}) => ({ name, words, ...more })
  const enable = ['unified-login', 'enable', 'graphus', '--tenant', tenant, '--yes']
  const file = join(out, 'file')
  const posture = join(out, 'posture.yaml')
  const accepted = ['posture', 'accept', `${tenant}/graphus/log-in`, '-f', posture, '--until', '2030-12-31']
  return [
    named('tenant add', ['tenant', 'add', 'Fabrikam', '--domain', 'fabrikam.example']),
    named('tenant rename', ['tenant', 'rename', tenant, 'Northwind']),
    named('tenant use', ['tenant', 'use', 'Contoso']),
    named('tenant zone', ['tenant', 'zone', 'Contoso', 'America/Chicago']),
    named('tenant domains add', ['tenant', 'domains', 'add', 'Contoso', 'contoso.test']),
    named('tenant domains remove', ['tenant', 'domains', 'remove', 'Contoso', 'contoso.example']),
    named('tenant import', ['tenant', 'import', 'graphus', '--tenant', tenant]),
    named('tenant remove', ['tenant', 'remove', tenant, '--yes'], { base: 'marked' }),
    named('tenant approval', ['tenant', 'approval', 'Contoso', '--for', 'delete', '--for', 'people=3']),
    named('protect add', ['protect', 'add', 'svc-sync', '--tenant', 'Contoso']),
    named('protect add, and who that is', ['protect', 'add', 'amy.breakglass@northwind-dental.example']),
    named('protect remove', ['protect', 'remove', 'glass@contoso.example']),
    named('connections set', ['connections', 'set', 'graphus', 'tenantId=t-1', '--tenant', tenant]),
    named('connections unset', ['connections', 'unset', 'graphus', 'tenantId', '--tenant', tenant], {
      before: [['connections', 'set', 'graphus', 'tenantId=t-1', '--tenant', tenant]],
    }),
    named('disconnect', ['disconnect', 'graphus', '--tenant', tenant], { base: 'marked' }),
    named('disconnect, sealed', ['disconnect', 'graphus', '--tenant', tenant], { base: 'sealed' }),
    named('connect, plain', [...connect, '--keep', 'plain'], { base: 'marked', stdin: password }),
    named('connect, plain to sealed', [...connect, '--keep', 'sealed'], { base: 'marked', stdin: password }),
    named('connect, sealed to plain', [...connect, '--keep', 'plain'], { base: 'sealed', stdin: password }),
    named('connect, from the environment', connect.slice(0, -1), {
      base: 'marked',
      env: { K1CTL_GRAPHUS_PASSWORD: password },
    }),
    named('store use', ['store', 'use', 'files'], { isForDoctor: true }),
    named('config set', ['config', 'set', 'zone', 'Europe/Berlin']),
    named('config unset', ['config', 'unset', 'zone'], { before: [['config', 'set', 'zone', 'Europe/Berlin']] }),
    named('alias set', ['alias', 'set', 'leaver', 'offboard $1 --dry-run', '--clobber']),
    named('alias delete', ['alias', 'delete', 'leaver'], {
      before: [['alias', 'set', 'leaver', 'offboard $1 --dry-run']],
    }),
    named('alias import', ['alias', 'import', '-'], { stdin: 'leaver: offboard $1 --dry-run\n' }),
    named('attest', ['attest', tenant, 'it-glue', 'log-in', '--note', 'seen in the console']),
    named('man --folder', ['man', '--folder', join(out, 'pages')], { pages: join(out, 'pages') }),
    named('worker install', ['worker', 'install'], {
      pages: join(out, 'systemd', 'user'),
      env: { XDG_CONFIG_HOME: out },
    }),
    named('posture check', ['posture', 'check', '-f', posture, '--tenant', tenant], {
      posture: holds,
      says: /Not kept for the trend/,
    }),
    named('posture accept', [...accepted, '--reason', 'not yet'], {
      file: posture,
      ends: 'until: 2030-12-31\n',
      posture: deviates,
    }),
    named('posture apply --save-plan', ['posture', 'apply', '-f', posture, '--tenant', tenant, '--save-plan', file], {
      file,
      ends: '}\n',
      posture: holds,
    }),
    named('posture report --to', ['posture', 'report', '-f', posture, '--tenant', tenant, '--to', file], {
      file,
      ends: '</html>\n',
      posture: holds,
    }),
    named('runs report --to', ['runs', 'report', 'last', '--format', 'html', '--to', file], {
      file,
      ends: '</html>\n',
      before: [enable],
    }),
    named('runs export --to', ['runs', 'export', '--since', '2020-01-01', '--format', 'html', '--to', file], {
      file,
      ends: '</html>\n',
    }),
    ...changeCommands({ out, tenant, leaver, posture }),
  ]
}
