/** Joins questions about the same thing that are asked before the first has left: no answer is older than its question. */
export function together<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const leaving = new Map<string, Promise<T>>()
  return id => {
    const joined = leaving.get(id)
    if (joined !== undefined) return joined
    const answer = Promise.resolve().then(() => {
      leaving.delete(id)
      return read(id)
    })
    leaving.set(id, answer)
    return answer
  }
}
