/**
 * Loaded before k1ctl (`node --require`): harms what it does to the disk below one folder. TRIAL_FAULT is JSON:
 * `{kind, at, under, report}`. Each call that changes the disk has a number, from 1; from number `at` on
 * `short`: a write takes half of its bytes; `full`: one write takes half, and everything that needs space fails after it;
 * `kill`: the process is killed right before. `count` harms nothing. The number of calls goes into the file `report`.
 */
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const { kind, at, under, report } = JSON.parse(process.env.TRIAL_FAULT)
const { writeFileSync } = fs
const files = new Set()
let calls = 0

const isBelow = path => typeof path === 'string' && path.startsWith(under)
const isForWriting = flags =>
  typeof flags === 'string' ? flags !== 'r' : typeof flags === 'number' && (flags & 3) !== 0
const noSpace = call => Object.assign(new Error(`ENOSPC: no space left on device, ${call}`), { code: 'ENOSPC' })

/** Counts one call; whether it is to be harmed. */
function isHit() {
  calls++
  if (calls < at || kind === 'count') return false
  if (kind === 'kill') process.kill(process.pid, 'SIGKILL')
  return true
}

/** How many of so many bytes a write takes; throws where the disk is full. */
let isFull = false
function taken(length) {
  if (!isHit()) return length
  if (isFull) throw noSpace('write')
  if (kind === 'full') isFull = true
  return Math.max(kind === 'full' ? 0 : 1, Math.floor(length / 2))
}

function needsSpace(call) {
  if (isHit() && kind === 'full') throw noSpace(call)
}

const real = { ...fs }
const handles = { ...fs.promises }

fs.openSync = (path, flags, ...rest) => {
  const counts = isBelow(path) && isForWriting(flags)
  if (counts) needsSpace('open')
  const file = real.openSync(path, flags, ...rest)
  if (counts) files.add(file)
  return file
}
fs.closeSync = file => {
  files.delete(file)
  real.closeSync(file)
}
fs.writeSync = (file, bytes, offset, length, position) => {
  if (!files.has(file)) return real.writeSync(file, bytes, offset, length, position)
  return real.writeSync(file, bytes, offset, taken(length), position)
}
fs.fsyncSync = file => {
  if (files.has(file)) isHit()
  real.fsyncSync(file)
}
for (const name of ['linkSync', 'mkdirSync']) {
  fs[name] = (path, ...rest) => {
    if (isBelow(path)) needsSpace(name)
    return real[name](path, ...rest)
  }
}
for (const name of ['renameSync', 'rmSync', 'unlinkSync']) {
  fs[name] = (path, ...rest) => {
    if (isBelow(path)) isHit()
    return real[name](path, ...rest)
  }
}

fs.promises.open = async (path, flags, ...rest) => {
  const counts = isBelow(path) && isForWriting(flags)
  if (counts) needsSpace('open')
  const handle = await handles.open(path, flags, ...rest)
  if (!counts) return handle
  const { fd } = handle
  files.add(fd)
  const { close, sync, datasync } = handle
  handle.close = () => {
    files.delete(fd)
    return close.call(handle)
  }
  handle.sync = () => {
    isHit()
    return sync.call(handle)
  }
  handle.datasync = () => {
    isHit()
    return datasync.call(handle)
  }
  return handle
}
for (const name of ['rename', 'rm', 'unlink']) {
  fs.promises[name] = async (path, ...rest) => {
    if (isBelow(path)) isHit()
    return handles[name](path, ...rest)
  }
}
syncBuiltinESMExports()

process.on('exit', () => {
  if (report) writeFileSync(report, String(calls))
})
