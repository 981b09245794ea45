// What of a furnished home is there, for whoever harms commands while they write: the old, the new, or something else.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param secrets every secret that was ever in a home here */
export function storeState({ home, out, secrets }) {
  return { stateOf, configOf, orphansOf, piecesIn, secretsLeft, textsOf, allOf, intents }

  /** All that a command may change, as text, without times. `whole`: what the files of a folder say when it is done. */
  function stateOf({ file, ends, was = 'old', isRun, pages, whole }) {
    if (file) {
      const text = readFileSync(file, 'utf8')
      return text === was ? 'old' : text.endsWith(ends) ? 'new' : `cut off: ${text.slice(-200)}`
    }
    if (pages) return pagesOf(pages, whole)
    if (isRun) return runStates()
    const there = name => existsSync(join(home, name))
    return JSON.stringify({
      config: readConfig(),
      secrets: keptRefs(),
      preferences: readIfThere(join(home, 'preferences.json')),
      attested: readIfThere(join(home, 'state', 'attestations.json'))?.attestations?.length > 0,
      checked: there('state/posture-checks.json'),
      store: there('store.json'),
      dated: datedStates(),
      runs: runStates(),
    })
  }

  /** How many runs there are, how many have ended, and whether somebody said of a step that it is done. */
  function runStates() {
    const folder = join(home, 'state', 'runs')
    const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.jsonl')) : []
    const lines = names.map(name => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
    const ended = lines.filter(all => all.some(line => line.includes('"type":"report"'))).length
    const said = lines.flat().filter(line => line.includes('"type":"attestation"')).length
    return `${names.length} runs, ${ended} ended, ${said > 0 ? '' : 'none '}attested`
  }

  /** How many changes may have been sent, by all runs: exit code 1 says that nothing was changed. */
  function intents() {
    const folder = join(home, 'state', 'runs')
    const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.jsonl')) : []
    return names.flatMap(name => readFileSync(join(folder, name), 'utf8').match(/"type":"intent"/g) ?? []).length
  }

  /** Each of these files is whole, or not there. */
  function pagesOf(folder, whole = {}) {
    // A piece that a kill left beside a file of the operator's is none of them; after anything else there is none.
    const there = existsSync(folder) ? readdirSync(folder).filter(name => !name.endsWith('.new')) : []
    const bad = there.filter(name => !isWhole(readFileSync(join(folder, name), 'utf8'), whole[name]))
    if (bad.length > 0) return `cut off: ${bad}`
    if (there.length === 0) return 'old'
    return there.length < Object.keys(whole).length ? `${there.length} whole` : 'new'
  }

  /** Every file of the home, byte for byte. */
  function allOf() {
    return JSON.stringify(listAll(home).map(path => [path, readFileSync(path, 'latin1')]))
  }

  function textsOf(folder) {
    const names = existsSync(folder) ? readdirSync(folder) : []
    return Object.fromEntries(names.map(name => [name, readFileSync(join(folder, name), 'utf8')]))
  }

  /** In which states dated offboardings are; given again, a command may make another one of the same. */
  function datedStates() {
    const folder = join(home, 'state', 'dated')
    const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : []
    return [...new Set(names.map(name => stateOfDate(readJson(join(folder, name)))))].sort()
  }

  /** The configuration alone, without what is only noted on the way. */
  function configOf() {
    const { leaving: _, version: __, ...config } = readConfig()
    return JSON.stringify(config)
  }

  function readConfig() {
    const config = readJson(join(home, 'config.json'))
    for (const connection of config.connections) delete connection.connectedAt
    const nameOf = c => `${c.tenant} ${c.system}`
    config.connections.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    return config
  }

  function plainSecrets() {
    const path = join(home, 'secrets', 'plain.json')
    return existsSync(path) ? readJson(path).secrets : []
  }

  function keptRefs() {
    return {
      plain: plainSecrets()
        .map(s => s.ref)
        .sort(),
      sealed: existsSync(join(home, 'secrets', 'sealed.json')),
    }
  }

  /** Secrets in the plain file, or pieces of one, that no connection uses. */
  function orphansOf() {
    const { connections, leaving = [] } = readConfig()
    const used = connections.filter(c => c.place === 'plain').map(c => c.secretRef)
    const isSealed = connections.some(c => c.place === 'sealed')
    const { plain: refs, sealed: hasSealed } = keptRefs()
    return [
      ...refs.filter(ref => !used.includes(ref)),
      ...(hasSealed && !isSealed ? ['sealed.json'] : []),
      ...leaving.map(l => l.ref),
      // The lock of a process that was killed is taken over by whoever comes next, or cleared away by doctor.
      ...piecesIn(home).filter(name => name.endsWith('.new')),
    ]
  }

  /** Names of files below a folder that only exist while somebody writes. */
  function piecesIn(path) {
    return listAll(path).filter(name => /\.new$|\.held|\.lock|\/\.packet\./.test(name))
  }

  /** Files that hold the bytes of a secret which no plain connection uses any more. */
  function secretsLeft() {
    const used = readConfig()
      .connections.filter(c => c.place === 'plain')
      .map(c => c.secretRef)
    const allowed = plainSecrets()
      .filter(s => used.includes(s.ref))
      .flatMap(s => Object.values(s.values))
    const gone = [...secrets].filter(secret => secret.length > 7 && !allowed.includes(secret))
    return [...listAll(home), ...listAll(out)].filter(path => {
      const text = readFileSync(path, 'utf8')
      return gone.some(secret => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))
    })
  }
}

/** A ledger and its signature are others each time: of those it is the end that tells. */
function isWhole(text, whole) {
  return whole === undefined ? text.endsWith('\n') : text.length === whole.length && text.endsWith('\n')
}

const stateOfDate = ({ state, due }) => `${state}, due ${due.slice(0, 10)}`

export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function readIfThere(path) {
  return existsSync(path) ? readJson(path) : undefined
}

export function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value))
}

function listAll(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}
