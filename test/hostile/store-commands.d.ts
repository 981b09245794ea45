interface Facts {
  connect: readonly string[]
  password: string
}

interface Place {
  out: string
  tenant: string
  leaver: string
}

export function storeCommands(
  facts: Facts,
  place: Place,
): readonly { name: string; words: readonly string[] | (() => readonly string[]) }[]
