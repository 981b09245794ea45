import { hash, randomBytes } from 'node:crypto'

/** Two 32-bit halves of a hash a slot; both zero: the slot is free. */
const width = 2

/**
 * A set of words that remembers only a hash of each, so that a list of a million people fits in 16 MiB: 8 bytes a slot,
 * at most 7 of 8 slots taken. With 64 bits the chance that any two of a million differ and are taken for one (a leaver
 * would be left out) is 1 in 40 million; with 32 bits it is a certainty. SHA-256 with a salt of its own, so that nobody
 * can write a list in which it happens.
 */
export class SeenWords {
  readonly #salt = randomBytes(16).toString('base64')
  #slots = new Uint32Array(width * 1024)
  #count = 0

  /** True when the word was not there yet. */
  add(word: string): boolean {
    if (this.#count * width * 8 >= this.#slots.length * 7) this.#grow()
    const digest = hash('sha256', this.#salt + word, 'buffer')
    const added = put(this.#slots, digest.readUInt32LE(0), digest.readUInt32LE(4) || 1)
    if (added) this.#count++
    return added
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += width) {
      const low = old[at + 1] ?? 0
      if (low !== 0) put(this.#slots, old[at] ?? 0, low)
    }
  }
}

/** Linear probing; `low` is never zero. */
function put(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length / width - 1
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * width
    const there = slots[at + 1]
    if (there === 0) {
      slots[at] = high
      slots[at + 1] = low
      return true
    }
    if (there === low && slots[at] === high) return false
  }
}
