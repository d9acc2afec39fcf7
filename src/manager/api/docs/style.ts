/** Of the reference page; light and dark as the reader's system is. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0a6cbd; }
@media (prefers-color-scheme: dark) { :root { --accent: #6cb8ff; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1rem; border-right: 1px solid var(--line); }
nav ul { list-style: none; margin: 0 0 .8rem; padding: 0; font-size: 13px; }
nav a { text-decoration: none; overflow-wrap: anywhere; }
main { padding: 1rem 2rem 4rem; max-width: 60rem; }
a { color: var(--accent); }
h1 { margin-top: 0; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 .3rem; font-size: 1rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .6rem .8rem; overflow-x: auto; }
.method { display: inline-block; min-width: 4.2em; font-weight: 700; color: var(--accent); }
.note { color: #888; font-size: 13px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin: .4rem 0; }
td { border-top: 1px solid var(--line); padding: .25rem .6rem .25rem 0; vertical-align: top; }
td:first-child { white-space: nowrap; }
summary { cursor: pointer; font-size: 13px; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border-right: 0; } main { padding: 1rem; } }
`;
