import { type FeatureKey, featureTitles } from '../core/features.ts'
import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import type { PostureRow, PostureState } from '../posture/posture-row.ts'
import type { Trend } from '../posture/trend.ts'
import { stateOrder, stateWords } from './posture-columns.ts'
import { postureScript, postureStyle, signs } from './posture-html-style.ts'
import { columnOf, type Matrix, type MatrixRow, matrixOf } from './posture-matrix.ts'
import { changeOf, trendHtml } from './posture-trend.ts'

export interface PostureReportAbout {
  /** ISO time. */
  at: string
  operator: string
  files: readonly string[]
  /** By system. */
  titles: Readonly<Record<string, string>>
  /** From past checks. */
  trend: Trend
  /** SHA-256 of a text, in base64: the page's own policy allows its one script by it. */
  sha256(text: string): string
}

/**
 * The posture as one HTML page that needs nothing else: its policy lets nothing leave it and nothing in, but for its own
 * one script, which only hides rows. Without the script, all of it is there.
 */
export function postureHtml(rows: readonly PostureRow[], about: PostureReportAbout): string {
  const matrix = matrixOf(rows)
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${about.sha256(postureScript)}'`
  const open = matrix.tenants.filter(({ open }) => open > 0)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Posture, ${text(about.at.slice(0, 10))}</title>
<style>${postureStyle}</style>
</head>
<body>
<header>
<h1>Posture of ${matrix.tenants.length} tenants</h1>
<p class="sub">Against ${about.files.map(text).join(', ')}, read ${time(about.at)} by ${text(about.operator)}. ${open.length} of ${matrix.tenants.length} tenants have something open.</p>
${figures(rows)}
${trendHtml(about.trend)}
${tools(matrix, rows)}
</header>
<main>
${matrixTable(matrix, about)}
<h2>What is open, accepted or attested</h2>
${matrix.tenants.map((tenant, at) => tenantSection(tenant, at, about)).join('\n')}
</main>
<script>${postureScript}</script>
</body>
</html>
`
}

function figures(rows: readonly PostureRow[]): string {
  const counts = stateOrder.flatMap(state => {
    const count = rows.filter(row => row.state === state).length
    return count === 0 ? [] : [`<li>${sign(state)}<b>${count}</b> ${stateWords[state]}</li>`]
  })
  return `<ul class="figures">${counts.join('\n')}</ul>`
}

function tools({ tenants }: Matrix, rows: readonly PostureRow[]): string {
  const states = stateOrder.filter(state => rows.some(row => row.state === state))
  const option = (value: string, label: string) => `<option value="${value}">${label}</option>`
  return `<div class="tools">
<label>Tenant <input type="search" id="search" autocomplete="off"></label>
<label>State <select id="state">${option('', 'any')}${states.map(state => option(state, stateWords[state])).join('')}</select></label>
<label>Go to <select id="go">${option('', '…')}${tenants.map(({ tenant }, at) => option(`t${at}`, text(tenant))).join('')}</select></label>
<span class="note"><span id="count">${tenants.length}</span> shown</span>
</div>`
}

function matrixTable({ modules, tenants }: Matrix, { titles, trend }: PostureReportAbout): string {
  const groups = modules.map(
    ({ system, features }) =>
      `<th scope="colgroup" colspan="${features.length}">${text(titles[system] ?? system)}</th>`,
  )
  const heads = modules.flatMap(({ features }) =>
    features.map(
      (key, i) => `<th scope="col" class="${i === 0 ? 'first' : ''}" title="${featureTitles[key]}">${short[key]}</th>`,
    ),
  )
  const body = tenants.map((row, at) => {
    const cells = modules.flatMap(({ system, features }) =>
      features.map((key, i) => {
        const cell = row.cells.get(columnOf(system, key))
        const inner = cell ? sign(cell.state, cell.rows.map(proofOf).join('\n')) : ''
        return `<td class="${i === 0 ? 'first' : ''}">${inner}</td>`
      }),
    )
    const link = hasDetails(row) ? `<a href="#t${at}">${text(row.tenant)}</a>` : text(row.tenant)
    return `<tr ${dataOf(row)}><th scope="row">${link}</th><td class="num">${row.open}${changeOf(trend, row.tenant)}</td>${cells.join('')}</tr>`
  })
  return `<div class="wide"><table class="matrix">
<thead><tr><th></th><th></th>${groups.join('')}</tr>
<tr><th scope="col">Tenant</th><th scope="col" class="num">Open</th>${heads.join('')}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>`
}

const short: Readonly<Record<FeatureKey, string>> = {
  'log-in': 'Log in',
  'require-log-in': 'Require',
  'user-creation': 'JIT',
  deprovisioning: 'Deprov.',
  'access-groups': 'Groups',
}

function hasDetails({ rows }: MatrixRow): boolean {
  return rows.some(({ state }) => state !== 'holds')
}

function tenantSection(row: MatrixRow, at: number, { titles }: PostureReportAbout): string {
  if (!hasDetails(row)) return ''
  const lines = row.rows
    .filter(({ state }) => state !== 'holds')
    .sort((one, other) => stateOrder.indexOf(one.state) - stateOrder.indexOf(other.state))
    .map(one => {
      const what = one.deviation.slice(one.tenant.length + one.system.length + 2)
      const found = one.found === null ? '' : `<span class="found">${text(one.found)}</span> → `
      return `<tr><td>${sign(one.state)}</td><td>${stateWords[one.state]}</td><th scope="row">${text(titles[one.system] ?? one.system)}</th>
<td>${text(what)}</td><td>${found}${text(one.wanted)}</td><td>${text(one.why ?? '')} <span class="note">${text(beside(one))}</span></td></tr>`
    })
  const holds = row.rows.length - lines.length
  return `<section class="tenant" id="t${at}" ${dataOf(row)}>
<h2>${text(row.tenant)}</h2>
<table><thead><tr><th></th><th>State</th><th>Module</th><th>Rule</th><th>Found → wanted</th><th>Why, and who said so</th></tr></thead>
<tbody>${lines.join('\n')}</tbody></table>
<p class="note">${holds} of ${row.rows.length} rules hold.</p>
</section>`
}

/** What stands beside a result: an acceptance, an attestation, the time of the reading. */
function beside({ accepted, attested, readAt }: PostureRow): string {
  const parts = [
    accepted ? `Accepted by ${accepted.by}, ${accepted.since}${accepted.until ? ` until ${accepted.until}` : ''}.` : '',
    attested ? `Attested by ${attested.by}, ${attested.at}${attested.file ? `, ${attested.file}` : ''}.` : '',
    readAt ? `Read ${readAt}.` : '',
  ]
  return parts.filter(part => part !== '').join(' ')
}

function proofOf(row: PostureRow): string {
  const what = row.deviation.slice(row.tenant.length + row.system.length + 2)
  const values = row.found === null || row.found === row.wanted ? row.wanted : `${row.found}, wanted ${row.wanted}`
  return `${what}: ${stateWords[row.state]}, ${values}. ${beside(row)}`
}

function dataOf({ tenant, rows }: MatrixRow): string {
  const states = [...new Set(rows.map(({ state }) => state))].join(' ')
  return `data-tenant="${text(tenant.toLowerCase())}" data-states="${states}"`
}

function sign(state: PostureState, title: string = stateWords[state]): string {
  return `<span class="sign ${state}" role="img" aria-label="${stateWords[state]}" title="${text(title)}">${signs[state].sign}</span>`
}

function time(iso: string): string {
  return `<time datetime="${text(iso)}">${text(iso)}</time>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function text(value: string): string {
  const lines = value.split('\n').map(line => printable(redact(line)))
  return lines.join('\n').replace(/[&<>"']/g, letter => entities[letter] ?? letter)
}
