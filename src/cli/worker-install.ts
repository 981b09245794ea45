import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { Context } from './command.ts'

/** What a worker has to find as this call found it: where its home is, and by what it reaches the systems. */
const carried = [
  'K1CTL_HOME',
  'K1CTL_STORE',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'K1CTL_CA_FILE',
  'HTTPS_PROXY',
  'NO_PROXY',
  'PATH',
]

/** Writes a systemd service and its timer for this user, or prints a line for cron. Never writes a secret. */
export async function installWorker(context: Context): Promise<number> {
  const { app, words, output } = context
  const minutes = words.number('minutes', { least: 1, most: 59, of: 'minutes' }) ?? 5
  const settings = carried.flatMap(name => {
    const value = app.env[name]
    return value && !hasPassword(value) ? [[name, value] as const] : []
  })
  const torn = settings.find(([, value]) => hasLineEnd(value))
  if (torn) {
    throw new K1Error('usage', `${torn[0]} has a line end in it: what follows would be a line of its own.`, {
      hint: `Set ${torn[0]} to one without, then run again.`,
    })
  }
  if (words.flag('cron')) {
    const environment = settings.map(([name, value]) => `${name}=${quoted(value)} `).join('')
    // A line of a crontab is one line, however wide the terminal is.
    output.document(`*/${minutes} * * * * ${environment.replaceAll('%', '\\%')}k1ctl worker --once\n`)
    output.say(
      `${output.talk.cyan('→')} Add it with crontab -e. cron mails what it prints; K1CTL_PASSPHRASE is not in it.`,
    )
    return 0
  }
  const base = app.env.XDG_CONFIG_HOME || (app.env.HOME ? `${app.env.HOME}/.config` : undefined)
  if (base === undefined) {
    throw new K1Error('not-set-up', 'HOME is not set: nobody knows where systemd looks.', {
      hint: 'k1ctl worker install --cron',
    })
  }
  const folder = `${base}/systemd/user`
  const unit = (name: string) => `${folder}/k1ctl-worker.${name}`
  await app.makeFolder(folder)
  if ((await app.stores()).chosen() !== undefined) {
    await app.writeText(unit('service'), stayingService(settings))
    output.document(`${unit('service')}\n`)
    output.say(
      `${output.talk.cyan('→')} systemctl --user daemon-reload && systemctl --user enable --now k1ctl-worker.service`,
    )
    sayWhatItNeeds(context)
    output.say(`${output.talk.cyan('→')} It needs DBOS Transact: npm install -g @dbos-inc/dbos-sdk@5.3`)
    return 0
  }
  await app.writeText(unit('service'), service(settings))
  await app.writeText(unit('timer'), timer(minutes))
  output.document(`${unit('service')}\n${unit('timer')}\n`)
  output.say(
    `${output.talk.cyan('→')} systemctl --user daemon-reload && systemctl --user enable --now k1ctl-worker.timer`,
  )
  sayWhatItNeeds(context)
  return 0
}

function sayWhatItNeeds({ output }: Context): void {
  output.say(`${output.talk.cyan('→')} loginctl enable-linger: it also runs while you are not logged in`)
  output.say(
    `${output.talk.cyan('→')} Sealed secrets: systemctl --user edit k1ctl-worker.service, with EnvironmentFile= of mode 0600`,
  )
}

/** A password belongs in no unit and in no crontab. */
function hasPassword(value: string): boolean {
  return URL.canParse(value) && new URL(value).password !== ''
}

/** Or another character that no unit and no crontab can hold. */
function hasLineEnd(value: string): boolean {
  return [...value].some(char => char < ' ' || char === '\u007f')
}

function service(settings: readonly (readonly [string, string])[]): string {
  // systemd reads % as a specifier, and \ and " within quotes.
  const escaped = (text: string) => text.replaceAll('%', '%%').replace(/[\\"]/g, '\\$&')
  return [
    '[Unit]',
    'Description=Do what is due in k1ctl',
    '',
    '[Service]',
    'Type=oneshot',
    'ExecStart=/usr/bin/env k1ctl worker --once',
    // 3: somebody has to look; systemctl --user --failed shows it.
    ...settings.map(([name, value]) => `Environment="${name}=${escaped(value)}"`),
    'TimeoutStopSec=60',
    '',
  ].join('\n')
}

/** Of a team: one that stays, and ends after the goal in hand. */
function stayingService(settings: readonly (readonly [string, string])[]): string {
  return service(settings)
    .replace('Type=oneshot\n', 'Restart=always\nRestartSec=5\n')
    .replace('k1ctl worker --once', 'k1ctl worker --log json')
    .replace('TimeoutStopSec=60', 'TimeoutStopSec=90')
    .concat('[Install]\nWantedBy=default.target\n')
}

function timer(minutes: number): string {
  return [
    '[Unit]',
    'Description=Look for what is due in k1ctl',
    '',
    '[Timer]',
    `OnCalendar=*:0/${minutes}`,
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n')
}
