/**
 * The style of the page. Its colours hold on paper in black and white too: every state is a word as well. Dark is for
 * screens only, and paper is always light. What folds is a body of lines behind a closed `details`: a browser that does
 * not know `:has` shows it, and so does every printer. The margin boxes of `@page` number the pages; a browser that does
 * not know them leaves them out.
 */
export function evidenceStyle(footer: string): string {
  return `
:root { color-scheme: light; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${dark} } }
${everywhere}
@media screen { tbody:has(details:not([open])) + tbody.folded { display: none; } }
@media screen and (max-width: 40rem) {
  body { padding: 1.2rem 1rem 2rem; } dl { grid-template-columns: 1fr; } dt { border: 0; padding-bottom: 0; }
  .head { flex-direction: column; } .wide { overflow-x: auto; } .wide table { min-width: 36rem; }
}
@page { margin: 15mm 14mm 17mm;
  @bottom-left { content: "${footer}"; font: 8pt system-ui, sans-serif; color: #55606e; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: #55606e; } }
@media print {${paper}}
`
}

/** Each colour of a text has at least 4.5 to 1 against what is behind it. */
const light = `--page: #fff; --ink: #17202a; --soft: #55606e; --line: #d8dee5; --wash: #f5f7f9; --accent: #1d4f7c;
  --on-accent: #fff; --good: #11643b; --good-wash: #e6f4ec; --good-line: #b5dcc5; --open: #7a4b00; --open-wash: #fdf2dc;
  --open-line: #ecd29c; --bad: #9b1c1c; --bad-wash: #fdeaea; --bad-line: #efbcbc; --todo: #c98a1b;`

const dark = `--page: #12161c; --ink: #e4e9ef; --soft: #a3afbd; --line: #303945; --wash: #1a2029; --accent: #8dbdec;
  --on-accent: #0d1622; --good: #86d8aa; --good-wash: #12301f; --good-line: #275a3d; --open: #f0c674; --open-wash: #33270c;
  --open-line: #66501c; --bad: #f5a3a3; --bad-wash: #3a1717; --bad-line: #6f2e2e; --todo: #d9a441;`

const everywhere = `
* { box-sizing: border-box; }
html { background: var(--page); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 3rem; max-width: 62rem;
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, h3 { line-height: 1.2; margin: 0; text-wrap: balance; }
h1 { font-size: 2rem; letter-spacing: -.015em; }
h2 { font-size: 1.45rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.8rem 0 .6rem; }
p { margin: .35rem 0; }
code, .hash { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .87em;
  overflow-wrap: anywhere; }
.kind { color: var(--accent); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase;
  margin: 0 0 .4rem; }
.head { display: flex; align-items: flex-start; justify-content: space-between; gap: 1rem; }
.cover { border-top: 5px solid var(--accent); padding-top: 1.4rem; }
.sub { color: var(--soft); }
.state { display: inline-block; border-radius: .7rem; padding: .05rem .6rem; font-size: .85rem; font-weight: 600;
  overflow-wrap: normal; border: 1px solid; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.head > .state { font-size: .95rem; padding: .2rem .8rem; border-radius: 1rem; flex: none; }
.good { color: var(--good); background: var(--good-wash); border-color: var(--good-line); }
.open { color: var(--open); background: var(--open-wash); border-color: var(--open-line); }
.bad { color: var(--bad); background: var(--bad-wash); border-color: var(--bad-line); }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.4rem 0; padding: 0; list-style: none; }
.figures li { flex: 1 1 7rem; border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem; }
.figures b { display: block; font-size: 1.5rem; line-height: 1.15; font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font-size: .82rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; margin: 1.2rem 0; border-top: 1px solid var(--line); }
dt, dd { margin: 0; padding: .4rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); padding-right: 1.5rem; }
dd { overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: .88rem; }
caption { text-align: left; font-weight: 600; padding: 0 0 .4rem; }
caption .note { display: inline; margin-left: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .76rem; font-weight: 600; letter-spacing: .03em; text-transform: uppercase;
  border-bottom: 2px solid var(--line); }
tbody th { font-weight: 600; }
.goals { margin-bottom: 1.6rem; } .goals caption { font-size: 1rem; }
.goals td, .goals tbody th { padding: .2rem .8rem .2rem 0; border-bottom: 0; }
.goals tbody th[scope="row"] { font-weight: 400; padding-left: .8rem; }
.goals tr.goal th { padding: .55rem 0 .25rem; border-top: 1px solid var(--line); }
.goals .what { margin-right: .4rem; }
.goals .of { color: var(--soft); }
.goals .changed td:last-child { font-weight: 600; }
.folder td { padding-left: .8rem; }
summary { color: var(--accent); cursor: pointer; font-size: .85rem; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.num { text-align: right; white-space: nowrap; overflow-wrap: normal; font-variant-numeric: tabular-nums; }
.note { display: block; color: var(--soft); font-size: .9em; font-weight: 400; }
.none { color: var(--soft); font-size: .9rem; }
.settings { margin-top: 2rem; } .settings h2 { margin-bottom: .8rem; }
.person, footer { margin-top: 2.8rem; padding-top: 1.4rem; border-top: 2px solid var(--ink); }
.step { display: flex; align-items: baseline; gap: .55rem; }
.step i { flex: none; width: 1.5rem; height: 1.5rem; border-radius: 50%; background: var(--accent); color: var(--on-accent);
  font: 600 .8rem/1.5rem system-ui, sans-serif; text-align: center; print-color-adjust: exact;
  -webkit-print-color-adjust: exact; }
.box { border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: .3rem; margin-top: 1.2rem;
  padding: .8rem 1rem .9rem; background: var(--wash); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.box.todo { border-left-color: var(--todo); } .box.alert { border-left-color: var(--bad); }
.box h3 { margin: 0 0 .4rem; }
.box ul, .box ol { margin: .2rem 0 0; padding-left: 1.2rem; } .box li { margin: .25rem 0; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }`

/** People follow each other without a page of their own, and only small things stay together: no page stays half empty. */
const paper = `
  body { max-width: none; padding: 0; font-size: 9pt; }
  h1 { font-size: 18pt; } h2 { font-size: 14pt; } h3 { font-size: 10.5pt; margin-top: 1.2rem; }
  .person, footer { margin-top: 1.6rem; padding-top: .9rem; }
  .folder { display: none; }
  h2, h3, caption, thead, .person > .head, tr.goal { break-after: avoid; break-inside: avoid; }
  thead { display: table-header-group; }
  tr, dt, dd, .box > ul > li, .figures { break-inside: avoid; } p { orphans: 3; widows: 3; } a { text-decoration: none; }
`
