/**
 * What the agent runs that keeps the key of the sealed secrets for a time, as CommonJS for `node -e`: it must not depend
 * on where the bundler put things. Argument: the socket's path. In: the 32 bytes of the key, and one JSON line
 * (`{recipe, ms}`); out, once it listens: one JSON line (`{until, agent}`). Each connection asks one thing in one JSON
 * line: `key` or `until` of a recipe, or `end`.
 *
 * It ends by the clock and by the time that passed, whichever comes first: a machine that sleeps has its clock go on,
 * and a clock that is put back has not. It ends as well when its socket is gone, or is another's.
 */
export const unlockProgram = `
const self = require('node:process')
const { argv, stdin, stdout, pid } = self
const { chmodSync, lstatSync, renameSync, rmSync } = require('node:fs')
const { createServer } = require('node:net')
self.title = 'k1ctl unlock'
self.umask(0o177)
self.chdir('/')
self.on('SIGUSR1', () => {})
const path = argv[1]
const key = Buffer.alloc(32)
let given = Buffer.alloc(0)
stdin.on('data', part => {
  const all = Buffer.concat([given, part])
  given.fill(0)
  part.fill(0)
  given = all
  const line = given.indexOf(10, 32)
  if (line < 0) return
  given.copy(key, 0, 0, 32)
  const { recipe, ms } = JSON.parse(given.toString('utf8', 32, line))
  given.fill(0)
  stdin.removeAllListeners('end').destroy()
  listen(recipe, ms)
})
stdin.on('end', () => self.exit(1))
function listen(recipe, ms) {
  const until = Date.now() + ms
  const began = performance.now()
  const isOver = () => Date.now() >= until || performance.now() - began >= ms
  let inode
  const isOwn = () => lstatSync(path, { throwIfNoEntry: false })?.ino === inode
  const end = () => {
    key.fill(0)
    try {
      if (isOwn()) rmSync(path, { force: true })
    } finally {
      self.exit(0)
    }
  }
  const about = { until: new Date(until).toISOString(), agent: pid }
  const server = createServer(socket => {
    let asked = ''
    socket.on('error', () => {}).setTimeout(5000, () => socket.destroy())
    socket.setEncoding('utf8').on('data', part => {
      asked += part
      if (asked.length > 4096) return socket.destroy()
      if (!asked.includes('\\n')) return
      if (isOver()) return end()
      let question = {}
      try {
        question = JSON.parse(asked)
      } catch {}
      if (question.verb === 'end') return socket.end(JSON.stringify(about) + '\\n', end)
      const fits = question.recipe === recipe
      const answer = fits && question.verb === 'key' ? { ...about, key: key.toString('base64') } : fits ? about : {}
      socket.end(JSON.stringify(answer) + '\\n')
    })
  })
  const first = path + '.' + pid
  server.on('error', () => self.exit(1)).listen(first, () => {
    chmodSync(first, 0o600)
    inode = lstatSync(first).ino
    renameSync(first, path)
    setInterval(() => (isOver() || !isOwn()) && end(), 250)
    for (const signal of ['SIGTERM', 'SIGINT']) self.on(signal, end)
    stdout.write(JSON.stringify(about) + '\\n', () => stdout.destroy())
  })
}
`
