import { distance } from 'fastest-levenshtein'

/** Up to three of `names` that somebody who typed `text` may have meant, the likeliest first; case is ignored. */
export function findNearest(text: string, names: readonly string[]): string[] {
  const typed = text.toLowerCase()
  return names
    .map(name => {
      const other = name.toLowerCase()
      const contains = typed.length >= 2 && other.includes(typed)
      return { name, far: contains ? 0 : distance(typed, other), limit: Math.max(2, Math.ceil(other.length / 3)) }
    })
    .filter(({ far, limit }) => far <= limit)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Letters to change, put in or leave out until one word is the other. */
export const letterDistance: (one: string, other: string) => number = distance

/** A hint that names the nearest of `names`, or else a few of them all. */
export function suggest(text: string, names: readonly string[]): string {
  const near = findNearest(text, names)
  if (near.length > 0) return `Did you mean ${near.map(name => `"${name}"`).join(' or ')}?`
  const some = names.slice(0, 8).join(', ')
  return names.length > 8 ? `There are: ${some} and ${names.length - 8} more.` : `There are: ${some}.`
}
