import type { Call, SeenPerson } from '../../src/sandbox/index.ts'

export function duplicatedWrites(calls: readonly Call[]): string[]

export function openGoals(email: string, people: Readonly<Record<string, readonly SeenPerson[]>>): string[]

export const judgedSystems: readonly string[]
