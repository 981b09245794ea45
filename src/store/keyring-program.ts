/**
 * What the child process of `keyring.ts` runs, as CommonJS for `node -e`: it must not depend on where the bundler put
 * things. Arguments: the keyring library's path, and the options for each of its entries as JSON. One JSON line in
 * (`{verb, ref, value}`), one out (`{value}` or `{error}`); it ends when its input does.
 */
export const keyringProgram = `
const { argv, stdin, stdout } = require('node:process')
const options = JSON.parse(argv[2])
const perform = ({ verb, ref, value }) => {
  const { Entry } = require(argv[1])
  const entry = new Entry('k1ctl', ref, options)
  const read = () => {
    const bytes = entry.getSecret()
    return bytes === null ? null : Buffer.from(bytes).toString('utf8')
  }
  const write = () => {
    entry.setSecret(Buffer.from(value, 'utf8'))
    if (read() !== value) throw new Error('it took the secret, and did not give it back')
    return null
  }
  const remove = () => {
    entry.deleteCredential()
    return null
  }
  switch (verb) {
    case 'read': return read()
    case 'write': return write()
    case 'remove': return remove()
    case 'probe': return write() ?? remove()
  }
  throw new Error('unknown verb')
}
require('node:readline').createInterface({ input: stdin }).on('line', line => {
  let answer
  try {
    answer = { value: perform(JSON.parse(line)) }
  } catch (error) {
    answer = { error: String(error.message) }
  }
  const text = JSON.stringify(answer).replaceAll('\\u2028', '\\\\u2028').replaceAll('\\u2029', '\\\\u2029')
  stdout.write(text + '\\n')
})
`
