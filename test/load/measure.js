// What the load programs look at: another process's memory and CPU, and how many calls were under way at once.
import { readFileSync } from 'node:fs'

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

/** How many calls were under way at once at most, each of which took so long at least. */
export function mostAtOnce(calls, delayMs) {
  const times = calls.map(({ at }) => Date.parse(at)).sort((a, b) => a - b)
  let most = 0
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last] - times[first] >= delayMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

/** Every answer of every system so much later. */
export async function delayAnswers(stage, delayMs) {
  if (delayMs === 0) return
  for (const system of Object.keys(stage.systems)) await stage.post(`${system}/faults`, [{ delayMs, times: 0 }])
}

export function mb(kb) {
  return `${(kb / 1024).toFixed(0)} MB`
}
