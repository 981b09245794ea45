interface Ground {
  tenant: string
  out: string
  leaver: string
}

export function readers(ground: Ground): readonly { words: readonly string[]; codes?: readonly number[] }[]

export const excused: Readonly<Record<string, string>>
