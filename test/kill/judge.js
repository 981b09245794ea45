// What became of it, judged from the simulators' own log and state alone.

/** Writes that a simulator took more than once: the same system, method, path and body, each answered or dropped. */
export function duplicatedWrites(calls) {
  const times = new Map()
  for (const { system, method, path, digest, status } of calls) {
    if (digest === undefined || (status !== null && status >= 300)) continue
    const write = times.get(`${system} ${digest}`) ?? { text: `${system} ${method} ${path}`, times: 0 }
    write.times += 1
    times.set(`${system} ${digest}`, write)
  }
  return [...times.values()].filter(write => write.times > 1).map(write => `${write.text} (${write.times} times)`)
}

const adminRoles = /admin|owner/

/**
 * What does not hold for somebody who was to be offboarded: sentences. `people`: by system, the accounts of their
 * tenant as `GET state` shows them. Each of the five systems must know the person: a judge who finds nobody proves nothing.
 */
export function openGoals(email, people) {
  return Object.entries(people).flatMap(([system, all]) => {
    const accounts = all.filter(one => [one.email, one.login, ...one.aliases].includes(email))
    if (accounts.length === 0) return [`${email} was never in ${system}`]
    return accounts.flatMap(account => [
      ...(account.active ? [`${email} is still active in ${system}`] : []),
      ...(account.groups.length > 0 ? [`${email} is still in ${account.groups.join(', ')} of ${system}`] : []),
      // Where the account is only switched off by another system, its role is not ours to change.
      ...(['kaseyaone', 'scim'].includes(system) && account.roles.some(role => adminRoles.test(role))
        ? [`${email} still has the role ${account.roles.join(', ')} in ${system}`]
        : []),
    ])
  })
}

export const judgedSystems = ['kaseyaone', 'graphus', 'datto-partner-portal', 'bms', 'scim']
