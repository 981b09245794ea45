import { join } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import type { ConfigDraft, ConfigReading, ConfigStore } from '../core/stores.ts'
import { emptyConfig } from './config-changes.ts'
import { openDraft } from './config-draft.ts'
import { type Config, type ConfigParser, checkConfig, openParser } from './config-schema.ts'
import { type Document, fileDocument } from './document.ts'
import type { Home } from './home.ts'
import { ownFile } from './own-file.ts'
import { writePrivateFile } from './private-file.ts'
import type { Processes } from './process-identity.ts'
import { storageError } from './storage-error.ts'

const what = 'the configuration'

/**
 * Opens the configuration as it is now. Reading is from that moment's copy; each change reads it anew under a lock and is
 * computed from that, so that two processes lose nothing of each other.
 * @throws K1Error `storage` when the file is broken, or cannot be read
 */
export async function openConfigIn(
  document: Document,
  parser: ConfigParser = openParser(document.path),
): Promise<ConfigStore> {
  const { path } = document
  let config = await readConfig(document, parser)
  let queue: Promise<unknown> = Promise.resolve()

  /** One at a time in this process too: waiting here is cheaper than trying for the lock. */
  function change<T>(work: (draft: ConfigDraft) => T): Promise<T> {
    const turn = queue.then(() =>
      document.change(async held => {
        const before = await readConfig(held, parser)
        let next = before
        const draft = openDraft(
          () => next,
          changed => {
            next = changed
          },
        )
        const answer = work(draft)
        if (next !== before) {
          next = checkConfig(next)
          const text = render(next)
          parser.remember(text, next)
          await held.replace(text)
        }
        config = next
        return answer
      }),
    )
    queue = turn.catch(() => undefined)
    return turn
  }

  const reading: ConfigReading = openDraft(
    () => config,
    () => {
      throw new K1Error('internal', 'The configuration is changed under its lock only.')
    },
  )
  return {
    path,
    tenants: reading.tenants,
    tenant: reading.tenant,
    current: reading.current,
    connections: reading.connections,
    connection: reading.connection,
    protectedPeople: reading.protectedPeople,
    protectedFor: reading.protectedFor,
    leavingSecrets: reading.leavingSecrets,
    async refresh() {
      config = await readConfig(document, parser)
    },
    change,
    addTenant: tenant => change(draft => draft.addTenant(tenant)),
    updateTenant: (name, update) => change(draft => draft.updateTenant(name, update)),
    removeTenant: name => change(draft => draft.removeTenant(name)),
    use: name => change(draft => draft.use(name)),
    connect: (...connections) => change(draft => draft.connect(...connections)),
    disconnect: (tenant, system) => change(draft => draft.disconnect(tenant, system)),
    protect: record => change(draft => draft.protect(record)),
    unprotect: (person, tenant) => change(draft => draft.unprotect(person, tenant)),
  }
}

async function readConfig(document: Pick<Document, 'read'>, parser: ConfigParser): Promise<Config> {
  const source = await document.read()
  return source === undefined ? emptyConfig() : parser.parse(source)
}

/** The same of this user alone: `config.json` in the configuration's folder. */
export function openConfig(home: Home, processes: Processes): Promise<ConfigStore> {
  const path = ownFile(join(home.config, 'config.json'))
  const parser = openParser(path)
  const write = (text: string, still: () => void) => writeConfig(home, path, parser, text, still)
  const document = fileDocument({ path, what, processes, write })
  return openConfigIn(
    {
      ...document,
      async change(work) {
        // Before the lock: to load it takes longer than all that is done while others wait.
        await import('conf')
        return document.change(work)
      },
    },
    parser,
  )
}

/**
 * Through `conf`, with our own way to the disk in the place of its: the library under it takes a short write for a whole
 * one, and with `SNAP` in the environment it cuts the old file off before it writes. It is loaded only here: it brings
 * a JSON Schema compiler that costs more than all of `tenant list`, and reading one JSON file needs none of it.
 */
async function writeConfig(
  home: Home,
  path: string,
  { parse }: ConfigParser,
  text: string,
  still: () => void,
): Promise<void> {
  const { default: Conf } = await import('conf')
  try {
    const conf = new Conf<Config>({
      cwd: home.config,
      configName: 'config',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      deserialize: parse,
      serialize: render,
    })
    if (!('_write' in conf)) throw new K1Error('internal', 'The library that keeps the configuration has changed.')
    Object.defineProperty(conf, '_write', { value: () => writePrivateFile(path, text, what, still) })
    conf.store = parse(text)
  } catch (error) {
    throw isK1Error(error) ? error : storageError(`write ${what}`, path, error)
  }
}

function render(config: Config): string {
  return `${JSON.stringify(config, undefined, 2)}\n`
}
