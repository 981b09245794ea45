import { expect, it } from 'vitest'
import { colourLevel } from '../../src/render/style.ts'

it.each<[name: string, isTTY: boolean, env: Record<string, string>, level: number]>([
  ['a terminal', true, {}, 1],
  ['no terminal', false, {}, 0],
  ['a dumb terminal', true, { TERM: 'dumb' }, 0],
  ['NO_COLOR at a terminal', true, { NO_COLOR: '1' }, 0],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, 1],
  ['FORCE_COLOR off a terminal', false, { FORCE_COLOR: '1' }, 1],
  ['FORCE_COLOR=true', false, { FORCE_COLOR: 'true' }, 1],
  ['FORCE_COLOR=3', false, { FORCE_COLOR: '3' }, 3],
  ['FORCE_COLOR=0 at a terminal', true, { FORCE_COLOR: '0' }, 0],
  ['FORCE_COLOR=false at a terminal', true, { FORCE_COLOR: 'false' }, 0],
  ['an empty FORCE_COLOR', false, { FORCE_COLOR: '' }, 0],
  ['FORCE_COLOR and NO_COLOR: the first wins', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, 1],
])('%s', (_name, isTTY, env, level) => expect(colourLevel(isTTY, env)).toBe(level))
