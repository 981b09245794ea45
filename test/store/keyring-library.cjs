/** Speaks like the keyring library, and keeps its entries in a file beside the copy of it that is loaded. */
const { existsSync, readFileSync, writeFileSync } = require('node:fs')

const path = require('node:path').join(__dirname, 'keyring.json')
const load = () => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {})
const save = entries => writeFileSync(path, JSON.stringify(entries))

exports.Entry = class {
  constructor(service, account) {
    if (account.startsWith('refuses')) throw new Error('Platform failure: no collection\nsecond line')
    if (account.startsWith('dies')) process.exit(1)
    if (account.startsWith('hangs')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    this.key = `${service}|${account}`
    this.forgets = account.startsWith('forgets')
  }
  getSecret() {
    const kept = load()[this.key]
    return kept === undefined ? null : [...Buffer.from(kept, 'base64')]
  }
  setSecret(bytes) {
    if (!this.forgets) save({ ...load(), [this.key]: bytes.toString('base64') })
  }
  deleteCredential() {
    const { [this.key]: gone, ...rest } = load()
    save(rest)
    return gone !== undefined
  }
}
