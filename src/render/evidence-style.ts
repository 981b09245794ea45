/**
 * The style of the page. Its colours hold on paper in black and white too: every state is a word as well. The margin
 * boxes of `@page` number the pages; a browser that does not know them leaves them out.
 */
export function evidenceStyle(footer: string): string {
  return `
:root { --ink: #17202a; --soft: #55606e; --line: #d8dee5; --wash: #f5f7f9; --accent: #1d4f7c;
  --good: #11643b; --good-wash: #e6f4ec; --open: #7a4b00; --open-wash: #fdf2dc; --bad: #9b1c1c; --bad-wash: #fdeaea; }
* { box-sizing: border-box; }
html { background: #fff; color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 3rem; max-width: 60rem; line-height: 1.45;
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, h3, h4 { line-height: 1.2; margin: 0; text-wrap: balance; }
h1 { font-size: 2rem; letter-spacing: -.015em; }
h2 { font-size: 1.45rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.6rem 0 .5rem; }
p { margin: .35rem 0; }
code, .hash { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .87em;
  overflow-wrap: anywhere; }
.kind { color: var(--accent); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase;
  margin: 0 0 .4rem; }
.head { display: flex; align-items: flex-start; justify-content: space-between; gap: 1rem; }
.cover { border-top: 5px solid var(--accent); padding-top: 1.4rem; }
.sub { color: var(--soft); }
.state { display: inline-block; border-radius: 1rem; padding: .15rem .7rem; font-size: .82rem; font-weight: 600;
  white-space: nowrap; border: 1px solid; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.good { color: var(--good); background: var(--good-wash); border-color: #b5dcc5; }
.open { color: var(--open); background: var(--open-wash); border-color: #ecd29c; }
.bad { color: var(--bad); background: var(--bad-wash); border-color: #efbcbc; }
dd .state { white-space: normal; border-radius: .4rem; }
td .state, li .state { padding: .05rem .55rem; font-size: .9em; }
td .state { white-space: normal; border-radius: .7rem; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.4rem 0; padding: 0; list-style: none; }
.figures li { flex: 1 1 7rem; border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; }
.figures b { display: block; font-size: 1.5rem; line-height: 1.15; font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font-size: .82rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; margin: 1.2rem 0; border-top: 1px solid var(--line); }
dt, dd { margin: 0; padding: .4rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); padding-right: 1.5rem; }
dd { overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: .88rem; }
caption { text-align: left; font-weight: 600; padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem .45rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .76rem; font-weight: 600; letter-spacing: .03em; text-transform: uppercase;
  border-bottom: 2px solid var(--line); }
tbody th { font-weight: 600; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
.note { display: block; color: var(--soft); font-size: .92em; font-weight: 400; }
.none { color: var(--soft); font-size: .9rem; }
.person { margin-top: 2.8rem; padding-top: 1.4rem; border-top: 2px solid var(--ink); }
.step { display: flex; align-items: baseline; gap: .55rem; }
.step i { flex: none; width: 1.5rem; height: 1.5rem; border-radius: 50%; background: var(--accent); color: #fff;
  font: 600 .8rem/1.5rem system-ui, sans-serif; text-align: center; print-color-adjust: exact;
  -webkit-print-color-adjust: exact; }
.box { border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: .3rem; margin-top: 1.4rem;
  padding: .8rem 1rem .9rem; background: var(--wash); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.box.todo { border-left-color: #c98a1b; } .box.alert { border-left-color: var(--bad); }
.box h3 { margin: 0 0 .4rem; }
.box ul, .box ol { margin: .2rem 0 0; padding-left: 1.2rem; } .box li { margin: .25rem 0; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
@media (max-width: 40rem) {
  body { padding: 1.2rem 1rem 2rem; } dl { grid-template-columns: 1fr; } dt { border: 0; padding-bottom: 0; }
  .head { flex-direction: column; } .wide { overflow-x: auto; } .wide table { min-width: 38rem; }
}
@page { margin: 15mm 14mm 17mm;
  @bottom-left { content: "${footer}"; font: 8pt system-ui, sans-serif; color: #55606e; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: #55606e; } }
@media print {
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  h1 { font-size: 20pt; } h2 { font-size: 15pt; } h3 { font-size: 11pt; }
  .person { border-top: 0; margin-top: 0; padding-top: 0; }
  .many .person, .person + .person { break-before: page; }
  .one .person { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); }
  h1, h2, h3, caption, thead { break-after: avoid; } thead { display: table-header-group; }
  tr, dt, dd, li, .figures, .box { break-inside: avoid; } p { orphans: 3; widows: 3; } a { text-decoration: none; }
}
`
}
