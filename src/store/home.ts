import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, posix, win32 } from 'node:path'
import { storageError } from './storage-error.ts'

/** The two folders of k1ctl: settings and secrets in one, what runs leave behind in the other. */
export interface Home {
  config: string
  state: string
}

export interface HomePlace {
  env: Readonly<Record<string, string | undefined>>
  /** As Node names it: `linux`, `darwin`, `win32` … */
  platform: string
  homedir: string
}

/** `K1CTL_HOME` holds both folders; without it each lies where the platform keeps such things. Creates nothing. */
export function findHome({ env, platform, homedir }: HomePlace): Home {
  const { join, resolve, isAbsolute } = platform === 'win32' ? win32 : posix
  if (env.K1CTL_HOME) {
    const home = resolve(env.K1CTL_HOME)
    return { config: home, state: join(home, 'state') }
  }
  // The XDG Base Directory rules: a relative path in one of its variables is invalid, and has to be ignored.
  const folder = (name: string, ...otherwise: string[]): string => {
    const given = env[name]
    return join(given && isAbsolute(given) ? given : join(homedir, ...otherwise), 'k1ctl')
  }
  switch (platform) {
    case 'win32':
      return {
        config: folder('APPDATA', 'AppData', 'Roaming'),
        state: folder('LOCALAPPDATA', 'AppData', 'Local'),
      }
    case 'darwin': {
      const config = join(homedir, 'Library', 'Application Support', 'k1ctl')
      return { config, state: join(config, 'state') }
    }
    default:
      return {
        config: folder('XDG_CONFIG_HOME', '.config'),
        state: folder('XDG_STATE_HOME', '.local', 'state'),
      }
  }
}

/**
 * Makes the folder, and those above it that are missing, for this user alone.
 * A folder that is there already keeps its rights: it may be the operator's own.
 * @throws K1Error `storage`
 */
export function prepareFolder(path: string): void {
  try {
    makeFolders(path)
  } catch (error) {
    throw storageError('make the folder', path, error)
  }
}

/** Not with `recursive`: where a system folder answers "no such file" to every try, as /proc does, Node never ends. */
function makeFolders(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return
  const above = dirname(path)
  if (above !== path) makeFolders(above)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another k1ctl may have been quicker.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
