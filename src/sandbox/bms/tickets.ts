import type { SimulatedRequest } from '../simulator.ts'
import type { Company } from './company.ts'
import { failure, type Reply, refusal, success } from './envelope.ts'
import { flagIn, idIn, readInput, type Shape, textIn } from './input.ts'
import { type Note, noteTypes } from './ticket-seed.ts'

const shape: Shape = {
  required: { Details: 'text', IsInternal: 'flag', TypeId: 'id', NoteDate: 'text' },
  optional: { Id: 'id', StatusId: 'id' },
}

/** A part of the number is enough: whoever wants one ticket has to compare. */
export function searchTickets(company: Company, query: URLSearchParams): Reply {
  const wanted = valueIn(query, 'filter.ticketnumber').toLowerCase()
  const found = company.tickets.filter(({ number }) => number.toLowerCase().includes(wanted))
  return page(
    query,
    found.map(({ id, number, title }) => ({ Id: id, TicketNumber: number, Title: title, OpenDate: company.openedOn })),
  )
}

export function listNotes(company: Company, ticketId: number, query: URLSearchParams): Reply {
  const ticket = company.tickets.find(({ id }) => id === ticketId)
  return ticket ? page(query, ticket.notes.map(output)) : failure(404, 404, 'The ticket was not found.')
}

export function addNote(company: Company, ticketId: number, request: SimulatedRequest): Reply {
  const ticket = company.tickets.find(({ id }) => id === ticketId)
  if (!ticket) return failure(404, 404, 'The ticket was not found.')
  const read = readInput(request, shape)
  if ('refused' in read) return read.refused
  const { input } = read
  const [on, typeId] = [textIn(input, 'NoteDate'), idIn(input, 'TypeId')]
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(on)) return failure(400, 400, 'The value of NoteDate is not valid.')
  if (!noteTypes.some(({ id }) => id === typeId)) return refusal('The note type does not exist.')
  const note: Note = {
    id: ticket.id * 100 + ticket.notes.length + 1,
    details: textIn(input, 'Details'),
    internal: flagIn(input, 'IsInternal'),
    typeId,
    on,
  }
  ticket.notes.push(note)
  return success(output(note))
}

/** One template, which is no internal one. */
export const noteTemplates = [{ Id: 1, Name: 'Thank you', TypeId: 11, StatusId: null, IsInternal: false }]

function output({ id, details, internal, typeId, on }: Note): Record<string, unknown> {
  const TypeName = noteTypes.find(type => type.id === typeId)?.name ?? null
  return { Id: id, CreatedOn: on, Details: details, IsInternal: internal, TypeId: typeId, TypeName }
}

/** Pages of at most ten, whatever was asked for; the published answers have no total. */
function page(query: URLSearchParams, rows: readonly Record<string, unknown>[]): Reply {
  const size = Math.min(10, Number(valueIn(query, 'pagesize')) || 10)
  const number = Math.max(1, Number(valueIn(query, 'pagenumber')) || 1)
  return success(rows.slice((number - 1) * size, number * size))
}

function valueIn(query: URLSearchParams, name: string): string {
  return [...query].find(([key]) => key.toLowerCase() === name)?.[1] ?? ''
}
