import type { Exhibit } from '../simulator.ts'
import { createBms } from './create-bms.ts'
import { bmsQuirks } from './quirks.ts'

export const bmsExhibit: Exhibit = {
  quirks: bmsQuirks,
  isEarly: true,
  create: createBms,
  connect({ bms }, _world, url) {
    if (!bms) return null
    const { username, password } = bms.account
    return { settings: { url, username, company: bms.company }, secrets: { password } }
  },
}
