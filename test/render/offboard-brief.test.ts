import { expect, it } from 'vitest'
import { onScreen } from '../../src/render/layout.ts'
import { personBriefText } from '../../src/render/offboard-brief.ts'
import { personReportText } from '../../src/render/person-report.ts'
import { styleFor } from '../../src/render/style.ts'
import { lookOf, scriptedGoal } from '../engine/scripted-goal.ts'

const plain = styleFor({ isTTY: false }, {})
const titles = (system: string) => ({ bms: 'BMS', aws: 'AWS' })[system] ?? system
const nothingElse = { tenant: 'Northwind', residual: [], notConnected: [], searched: [], unreached: [] }

it('a warning names the system that it is about, and is told once for each', () => {
  const planned = ['bms', 'aws', 'aws'].map((system, at) => ({
    goal: scriptedGoal({ id: `t/${system}/${at}`, tenant: 'Northwind', system, summary: 'It is on' }),
    standing: lookOf({ state: 'not-yet', reading: null }, { differences: [], warnings: ['Careful.'] }),
  }))
  const plan = { ...nothingElse, person: 'amy@x.example', name: 'Amy', accounts: [], planned }
  const text = onScreen(personBriefText(plan, titles, plain, { warnings: true }))
  expect(text.match(/warning: .+/g)).toEqual(['warning: BMS: Careful.', 'warning: AWS: Careful.'])
})

it('whoever agreed to so many changes is told which of them came before their turn', () => {
  const report = {
    ...nothingElse,
    person: 'amy@x.example',
    name: 'Amy',
    verdict: 'proved' as const,
    results: ['changed', 'already', 'already'].map(end => ({ end, proved: true }) as never),
  }
  const shown = (more: object) => onScreen(personReportText({ ...report, ...more }, titles, plain))
  expect(shown({ sincePlan: 1 })).toContain('1 changed, 2 already (1 of them since the plan)\n')
  expect(shown({})).toContain('1 changed, 2 already\n')
})
