import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { Goal } from '../../src/core/goal.ts'
import { rememberSecret } from '../../src/core/redact.ts'
import type { GoalResult } from '../../src/engine/verdict.ts'
import { errorJson, errorText } from '../../src/render/error.ts'
import { onScreen } from '../../src/render/layout.ts'
import { planJson, planText } from '../../src/render/plan.ts'
import { resultText, verdictText } from '../../src/render/report.ts'
import { styleFor } from '../../src/render/style.ts'
import { lookOf, type Script as Standing, scriptedGoal } from '../engine/scripted-goal.ts'

const plain = styleFor({ isTTY: false }, {})
const titles = { bms: 'BMS' }
const controls = '\u001b]0;title\u0007'

function planned(standing: Standing, change: Partial<Goal> = {}) {
  const goal = scriptedGoal({
    id: 't/bms/x',
    tenant: 'Northwind',
    system: 'bms',
    summary: `It is on${controls}`,
    ...change,
  })
  const differences = [
    { what: 'Require', before: 'off', after: 'on' },
    { what: 'Excepted users', before: 'none', after: `amy@x.example${controls}` },
  ]
  return { goal, standing: lookOf(standing, { differences, warnings: [`Careful${controls}`] }) }
}

const notYet: Standing = { state: 'not-yet', reading: null }
const plan = {
  planned: [
    planned(notYet),
    planned({ state: 'holds', reading: null }),
    planned(notYet, { refusal: { why: `No${controls}`, hint: 'Do this' } }),
    planned(notYet, { byHand: [`Open it${controls}`, 'Save'], reach: 'by-hand' }),
  ],
  unreached: [
    {
      tenant: 'Other',
      system: 'bms',
      reach: 'api' as const,
      error: new K1Error('unreachable', 'No answer.', { hint: 'Check' }),
    },
  ],
}

describe('a plan', () => {
  it('as text: before and after in columns, reasons, steps, and no control characters', () => {
    expect(onScreen(planText(plan, titles, plain))).toBe(
      [
        '  ~ Northwind · BMS (published API)',
        '      It is on␛]0;title␇',
        '      Require         off   →  on',
        '      Excepted users  none  →  amy@x.example␛]0;title␇',
        '      warning: Careful␛]0;title␇',
        '  = Northwind · BMS (published API)',
        '      It is on␛]0;title␇: already',
        '  x Northwind · BMS (published API)',
        '      refused: No␛]0;title␇',
        '      → Do this',
        '  ? Northwind · BMS (by hand)',
        '      It is on␛]0;title␇',
        '      1. Open it␛]0;title␇',
        '      2. Save',
        '  ! Other · BMS: No answer.',
        '      → Check',
        '',
      ].join('\n'),
    )
  })

  it('as data: what will be done with each', () => {
    expect(planJson(plan)).toMatchObject({
      goals: [
        { action: 'change', standing: 'not-yet' },
        { action: 'none', standing: 'holds' },
        { action: 'refused', hint: 'Do this' },
        { action: 'by-hand', steps: [expect.stringContaining('Open it'), 'Save'] },
      ],
      unreached: [{ tenant: 'Other', system: 'bms', reach: 'api', why: 'No answer.', hint: 'Check' }],
    })
  })
})

describe('a result', () => {
  const result = (change: Partial<GoalResult>): GoalResult => ({
    goal: 'g',
    tenant: 'Northwind',
    system: 'bms',
    reach: 'api',
    summary: 'It is on',
    end: 'changed',
    proved: false,
    at: '2026-11-21T20:00:00.000Z',
    differences: [],
    ...change,
  })
  it.each<[Partial<GoalResult>, string]>([
    [{ proved: true }, '  ✓ Northwind · BMS: It is on · changed (read back 2026-11-21T20:00:00.000Z)\n'],
    [{ why: 'Unseen.' }, '  ✓ Northwind · BMS: It is on · changed\n      Unseen.\n'],
    [
      { end: 'already', proved: true },
      '  = Northwind · BMS: It is on · already (read back 2026-11-21T20:00:00.000Z)\n',
    ],
    [
      { end: 'failed', why: `No${controls}`, hint: 'Do' },
      '  x Northwind · BMS: It is on · failed\n      No␛]0;title␇\n      → Do\n',
    ],
    [{ end: 'unknown' }, '  ! Northwind · BMS: It is on · unknown\n'],
    [{ end: 'by-hand', steps: ['Open it'] }, '  ? Northwind · BMS: It is on · by hand\n      1. Open it\n'],
    [{ system: 'new' }, '  ✓ Northwind · new: It is on · changed\n'],
  ])('%o', (change, text) => expect(onScreen(resultText(result(change), titles, plain))).toBe(text))

  it('never calls proved what is not', () => {
    expect(verdictText('unproved', plain)).toMatch(/^unproved/)
    expect(verdictText('interrupted', plain)).toMatch(/^interrupted/)
  })
})

describe('an error', () => {
  it('is one sentence and one hint, without secrets or control characters', () => {
    rememberSecret('Tide&Pine')
    const error = new K1Error('sign-in', `Wrong: Tide&Pine${controls}`, {
      hint: 'Try',
      facts: { url: '?p=Tide%26Pine' },
    })
    expect(onScreen(errorText(error, plain))).toBe('error: Wrong: [secret]␛]0;title␇\nhint: Try\n')
    expect(JSON.parse(errorJson(error))).toEqual({
      error: { kind: 'sign-in', message: expect.any(String), hint: 'Try', exitCode: 4, url: '?p=[secret]' },
    })
    expect(errorJson(error)).not.toContain('Pine')
  })

  it('keeps its own sentence, whatever its facts are called', () => {
    const error = new K1Error('server', 'BMS failed.', { facts: { message: 'Oops', kind: 'x', status: 500 } })
    expect(JSON.parse(errorJson(error)).error).toEqual({
      kind: 'server',
      message: 'BMS failed.',
      hint: null,
      exitCode: 1,
      status: 500,
    })
  })

  it('without a hint has none, and null as data', () => {
    const error = new K1Error('internal', 'Oh.')
    expect(onScreen(errorText(error, plain))).toBe('error: Oh.\n')
    expect(JSON.parse(errorJson(error)).error).toMatchObject({ hint: null, exitCode: 1 })
  })
})
