import { isK1Error, K1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import type { TicketAccess, TicketNote } from '../../core/system.ts'
import type { BmsClient } from './client.ts'

/**
 * Notes on BMS tickets, over `/v2/servicedesk/tickets/{ticketId}/notes`. A type is required, and no look-up of types is
 * published: it is one that BMS shows in use.
 */
export function createTicketAccess(client: BmsClient, clock: Clock): TicketAccess {
  async function isThere(ticketId: number, { mark }: TicketNote): Promise<boolean> {
    return (await client.ticketNotes(ticketId)).some(({ details }) => details?.includes(mark))
  }

  async function typeFor(ticketId: number, number: string): Promise<number> {
    const known = [await client.ticketNotes(ticketId), await client.noteTemplates()].flat()
    const type = known.find(({ isInternal, typeId }) => isInternal && typeof typeId === 'number')?.typeId
    if (typeof type === 'number') return type
    throw new K1Error(
      'usage',
      `BMS wants a type with each note, and shows none in use on ${number} or in a template.`,
      {
        hint: 'Write an internal note on the ticket by hand, or give the number of a type: K1CTL_TICKET_NOTE_TYPE=7',
        facts: { ticket: number },
      },
    )
  }

  return {
    async note(number, note) {
      const ids = await client.ticketsNumbered(number)
      const [ticketId] = ids
      if (ticketId === undefined || ids.length > 1) throw noSuchTicket(number, ids)
      if (await isThere(ticketId, note)) return 'there'
      const input = {
        Details: `${note.mark}\n${note.text}`,
        IsInternal: true,
        TypeId: note.type ?? (await typeFor(ticketId, number)),
        NoteDate: clock.now().toISOString(),
      }
      try {
        await client.addTicketNote(ticketId, input)
      } catch (error) {
        // Whatever was answered: what is there then was written.
        if (!isK1Error(error) || !(await isThere(ticketId, note))) throw error
        return 'written'
      }
      if (await isThere(ticketId, note)) return 'written'
      throw new K1Error('contract', `BMS took the note on ${number}, and does not show it.`, {
        hint: 'Look at the ticket before you try again: the note may be there twice then.',
        facts: { ticket: number },
      })
    },
  }
}

function noSuchTicket(number: string, ids: readonly number[]): K1Error {
  const sentence = ids.length === 0 ? `BMS has no ticket ${number}.` : `BMS has ${ids.length} tickets ${number}.`
  return new K1Error('usage', sentence, {
    hint: 'Give the number as BMS shows it, whole.',
    facts: { ticket: number, ids },
  })
}
