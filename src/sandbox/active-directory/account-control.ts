/** Bits of `userAccountControl` (MS-ADTS 2.2.16) that matter here. */

export const disabledBit = 0x2
export const normalAccountBit = 0x200
export const workstationBit = 0x1000
export const serverBit = 0x2000
export const passwordNeverExpiresBit = 0x1_0000

/** The server sets these on its own and ignores them when somebody writes them. */
const computedBits = 0x10 | 0x80_0000
const accountTypes = normalAccountBit | 0x800 | workstationBit | serverBit

export function isEnabled(control: string | undefined): boolean {
  return (Number(control ?? '0') & disabledBit) === 0
}

/** What is kept of a value that somebody writes: an account without a type is a normal one. */
export function keptControl(written: string): string {
  const bits = Number(written) & ~computedBits
  return String((bits & accountTypes) === 0 ? bits | normalAccountBit : bits)
}
