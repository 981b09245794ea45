import type { PostureState } from '../posture/posture-row.ts'

/**
 * A sign and a colour for each state. The colours are Okabe and Ito's, which people with any kind of colour blindness
 * tell apart; the sign says the same without them.
 */
export const signs: Readonly<Record<PostureState, { sign: string; light: string; dark: string }>> = {
  deviates: { sign: '≠', light: '#d55e00', dark: '#e8772e' },
  'no-answer': { sign: '!', light: '#222222', dark: '#e8e8e8' },
  'sign-in-refused': { sign: '⊘', light: '#222222', dark: '#e8e8e8' },
  'locked-secret': { sign: '⚿', light: '#222222', dark: '#e8e8e8' },
  'not-connected': { sign: '○', light: '#6b6b6b', dark: '#a8a8a8' },
  'by-hand': { sign: '?', light: '#e69f00', dark: '#f0b73d' },
  stale: { sign: '⌛', light: '#e69f00', dark: '#f0b73d' },
  unlicensed: { sign: '–', light: '#c4c4c4', dark: '#555555' },
  accepted: { sign: 'A', light: '#cc79a7', dark: '#d893b8' },
  attested: { sign: '✎', light: '#56b4e9', dark: '#6fc3f2' },
  holds: { sign: '✓', light: '#0072b2', dark: '#3d9bd6' },
}

/** White on the dark ones, black on the bright ones: at least 4.5 to 1. */
const brightOnes: readonly string[] = ['by-hand', 'stale', 'unlicensed', 'accepted', 'attested', 'deviates']

function colours(which: 'light' | 'dark'): string {
  return Object.entries(signs)
    .map(([state, sign]) => {
      const isBright = which === 'dark' ? state !== 'unlicensed' : brightOnes.includes(state)
      return `.${state}{background:${sign[which]};color:${isBright ? '#000' : '#fff'}}`
    })
    .join('\n')
}

export const postureStyle = `
:root{--paper:#fff;--ink:#1b1b1b;--soft:#5c5c5c;--line:#d9d9d9;--head:#f4f4f4;--trend:#0072b2}
*{box-sizing:border-box}
body{margin:0;padding:24px;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
h1{font-size:22px;margin:0 0 4px}h2{font-size:17px;margin:32px 0 8px}
.sub{color:var(--soft);margin:0 0 16px}
.figures{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:0 0 16px;padding:0}
.figures li{display:flex;align-items:center;gap:6px;border:1px solid var(--line);border-radius:6px;padding:4px 10px 4px 4px}
.sign{display:inline-grid;place-items:center;width:26px;height:22px;border-radius:4px;font-weight:700;font-size:13px}
.trend{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin:0 0 16px}.trend svg{width:360px;max-width:100%;height:64px;border:1px solid var(--line);border-radius:6px}
.trend polyline{fill:none;stroke:var(--trend);stroke-width:2}.trend circle{fill:var(--trend)}.trend figcaption,.change{color:var(--soft)}
.tools{display:flex;flex-wrap:wrap;gap:12px;align-items:center;margin:0 0 12px}
.tools input[type=search],.tools select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:5px 8px}
.wide{overflow:auto;max-height:80vh;border:1px solid var(--line);border-radius:6px}
table{border-collapse:separate;border-spacing:0;width:100%}
th,td{padding:3px 8px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
.matrix td{text-align:center;padding:3px 4px}
thead th{position:sticky;background:var(--head);z-index:2;font-weight:600}
.matrix thead tr:first-child th{top:0;height:28px}.matrix thead tr:last-child th{top:28px;font-weight:400;white-space:nowrap}
.matrix thead th[scope=col]{text-align:center}.matrix thead th:first-child{text-align:left}
.matrix thead th[scope=colgroup]{text-align:center;border-left:1px solid var(--line)}
.matrix th[scope=row]{position:sticky;left:0;background:var(--paper);z-index:1;font-weight:400;white-space:nowrap}
.matrix thead th:first-child{left:0;z-index:3}
.first{border-left:1px solid var(--line)}
.num{text-align:right!important;font-variant-numeric:tabular-nums}
a{color:inherit}
section.tenant{break-inside:avoid-page}
.note{color:var(--soft)}
.found{text-decoration:line-through;text-decoration-color:var(--soft)}
[hidden]{display:none!important}
${colours('light')}
@media (prefers-color-scheme:dark){
:root{--paper:#161616;--ink:#ececec;--soft:#a5a5a5;--line:#3a3a3a;--head:#222;--trend:#3d9bd6}
${colours('dark')}
}
@media print{
@page{size:A4 landscape;margin:12mm}
:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--head:#f4f4f4;--trend:#0072b2}
body{padding:0;font-size:10px}.tools{display:none}
.wide{overflow:visible;max-height:none;border:0}
thead th,.matrix th[scope=row]{position:static}thead{display:table-header-group}tr{break-inside:avoid}
.sign{border:1px solid #000;print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`

/** Hides rows that a filter leaves out. Works on what is on the page; asks nobody. */
export const postureScript = `
const by=id=>document.getElementById(id)
const rows=[...document.querySelectorAll('[data-tenant]')]
function filter(){
const words=by('search').value.toLowerCase()
const state=by('state').value
for(const row of rows){
const fits=row.dataset.tenant.includes(words)&&(state===''||row.dataset.states.split(' ').includes(state))
row.hidden=!fits}
by('count').textContent=document.querySelectorAll('tbody tr[data-tenant]:not([hidden])').length}
by('search').addEventListener('input',filter)
by('state').addEventListener('change',filter)
by('go').addEventListener('change',event=>{if(event.target.value)location.hash=event.target.value})
filter()
`
