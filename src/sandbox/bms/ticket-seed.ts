export interface Note {
  id: number
  details: string
  internal: boolean
  typeId: number
  on: string
}

export interface Ticket {
  id: number
  number: string
  title: string
  notes: Note[]
}

/** Types of notes; nothing published tells them, so that only what is in use can be known. */
export const noteTypes = [
  { id: 11, name: 'Public Reply' },
  { id: 12, name: 'Internal Note' },
]

/** Two tickets a company: one with an internal note on it, one that nobody wrote on. */
export function seedTickets(companyNumber: number, at: string): Ticket[] {
  const first = companyNumber * 1000
  const note = { id: first + 501, details: 'Called back.', internal: true, typeId: 12, on: at }
  return [
    { id: first + 1, number: 'HR-1042', title: 'A leaver', notes: [note] },
    { id: first + 2, number: 'T-1042', title: 'Unified Login', notes: [] },
  ]
}
