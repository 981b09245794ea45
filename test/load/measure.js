// What the load programs look at: another process's memory and CPU, its connections, and how busy the machine is.
import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'

/** Resident memory in kB; 0 once it has ended. */
export function residentKb(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** User and system time in steps of ten, which others on the machine hardly change; 0 once it has ended. */
export function cpuMsOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

/** How many connections lead to this port of this machine; who keeps them alive has had as many requests at once. */
export function connectionsTo(port) {
  const to = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`
  const rows = readFileSync('/proc/self/net/tcp', 'utf8').split('\n').slice(1)
  return rows
    .map(row => row.trim().split(/\s+/))
    .filter(([, , remote, state]) => remote?.endsWith(to) && state === '01').length
}

/** What else this machine does: how many wanted to run, on the average of the last minute. */
export function loadNow() {
  return `load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`
}

/** Every answer of every system so much later. */
export async function delayAnswers(stage, delayMs) {
  if (delayMs === 0) return
  for (const system of Object.keys(stage.systems)) await stage.post(`${system}/faults`, [{ delayMs, times: 0 }])
}

export function mb(kb) {
  return `${(kb / 1024).toFixed(0)} MB`
}
