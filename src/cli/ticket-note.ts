import { asK1Error, K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { RunState, UnitRecord } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import type { Context, OptionSpec } from './command.ts'
import { systemNamed, withSessions } from './sessions.ts'
import { tenantNamed } from './tenant-name.ts'
import { wholeNumber } from './words.ts'

export const ticketNoteOption: OptionSpec = {
  flags: '--ticket-note <tenant>',
  summary: 'write how it ended as an internal note on the ticket, in the BMS of this tenant (or K1CTL_TICKET_NOTE)',
}

/** What a run keeps of it: the tenant in whose BMS the ticket is. */
export interface NoteWish {
  noteIn?: string
}

/**
 * Where the note is to be written. A standing wish from the environment counts only where a ticket is named.
 * @throws K1Error before anything is changed, where it could not be written
 */
export async function noteWish(context: Context, hasTicket: boolean): Promise<NoteWish> {
  const { app, words } = context
  const word = words.text('ticketNote')
  if (word !== undefined && !hasTicket) {
    throw new K1Error('usage', '--ticket-note says where, and no ticket is named.', { hint: 'Add --ticket ID.' })
  }
  const named = word ?? (hasTicket ? app.env.K1CTL_TICKET_NOTE || undefined : undefined)
  if (named === undefined) return {}
  noteType(context)
  const { name } = await tenantNamed(context, named)
  const bms = await systemNamed(context, 'bms')
  const isOpen = await withSessions(context, { useEnvironment: true }, async sessions =>
    Boolean((await sessions.module(name, bms)).open),
  )
  if (isOpen) return { noteIn: name }
  throw new K1Error('not-set-up', `BMS is not connected for ${name}: the ticket could not be written on.`, {
    hint: `Connect it: k1ctl connect bms --tenant ${quoted(name)}, or leave --ticket-note out.`,
  })
}

/**
 * Writes how a run ended on its tickets, where that was asked for when it began; a note that is there is not written
 * again. Answers the exit code: a note that could not be written makes a success incomplete.
 */
export async function noteOutcome(context: Context, run: string | null, code: number): Promise<number> {
  if (run === null) return code
  const { app, output } = context
  const ledger = await app.ledger()
  // Its beginning tells whether a note is wanted: the rest of a run over thousands is not read for that.
  const noteIn = optionIn(foldRun(await ledger.glance(run)), 'noteIn')
  if (noteIn === undefined) return code
  const state = foldRun(await ledger.read(run))
  let isWhole = true
  const bms = await systemNamed(context, 'bms')
  await withSessions(
    context,
    { useEnvironment: state.units.every(one => one.subject.tenant === noteIn) },
    async all => {
      const [{ ticketText }, module] = await Promise.all([import('../render/ticket-text.ts'), all.module(noteIn, bms)])
      for (const [ticket, units] of unitsByTicket(state)) {
        try {
          const session = await module.open?.()
          if (!session?.tickets) throw new K1Error('not-set-up', `BMS is not connected for ${noteIn} any more.`)
          const type = noteType(context)
          const how = await session.tickets.note(ticket, {
            ...ticketText(state, units),
            ...(type === undefined ? {} : { type }),
          })
          output.say(how === 'written' ? `Written on ticket ${ticket}.` : `Ticket ${ticket} says so already.`)
        } catch (thrown) {
          isWhole = false
          const { message, hint } = asK1Error(thrown)
          output.warn(`${output.talk.red('!')} Nothing was written on ticket ${ticket}: ${message}`)
          if (hint) output.warn(`  ${output.talk.cyan('→')} ${hint}`)
        }
      }
    },
  )
  if (isWhole) return code
  output.warn(`  ${output.talk.cyan('→')} To write it again: k1ctl runs resume ${run}`)
  return code === 0 ? 3 : code
}

function noteType({ app }: Context): number | undefined {
  const text = app.env.K1CTL_TICKET_NOTE_TYPE ?? ''
  return text === '' ? undefined : wholeNumber('K1CTL_TICKET_NOTE_TYPE', text, { least: 0, most: 2_147_483_647 })
}

/** People of a list may have a ticket each. */
function unitsByTicket(state: RunState): Map<string, UnitRecord[]> {
  const ofCall = optionIn(state, 'ticket')
  const byTicket = new Map<string, UnitRecord[]>()
  for (const unit of state.units) {
    const ticket = 'ticket' in unit.entry && typeof unit.entry.ticket === 'string' ? unit.entry.ticket : ofCall
    if (ticket === undefined || ticket === '') continue
    byTicket.set(ticket, [...(byTicket.get(ticket) ?? []), unit])
  }
  return byTicket
}

function optionIn({ header }: RunState, name: string): string | undefined {
  const options: unknown = 'options' in header ? header.options : undefined
  if (typeof options !== 'object' || options === null) return undefined
  const value: unknown = new Map(Object.entries(options)).get(name)
  return typeof value === 'string' && value !== '' ? value : undefined
}
