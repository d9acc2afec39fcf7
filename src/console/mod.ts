/**
 * console (L2): the web console, which runs in a browser and not here: a workspace member with its own deno.json (DOM, JSX
 * of preact). scripts/console_build.ts makes one archive of it, and manager/console serves that.
 *
 * Lifecycle: main.tsx is what the browser runs: it reads what the browser keeps, asks the manager who is logged in, and
 * shows the page of the address. `kit/` is what pages are made with and knows nothing of how things look: the API, the
 * one live connection, the address, languages, texts made harmless. `ui/` are the components, one file each with its
 * styles beside it; `frame/` is what stands around a page; `pages/` are the pages, each a chunk of its own.
 *
 * To add one more page: its address in protocol/manager/console.ts; a folder in `pages/` whose `page.tsx` exports the
 * component as default; a line in pages.ts; its texts in `kit/i18n/en` and `kit/i18n/zh`; where people go to it from a
 * menu, a line in frame/navigation.ts. Styles need no import: each `.css` below this folder is in the console's one sheet,
 * and a `NAME.lazy.css` is a sheet of its own, which `loadStyle` fetches.
 *
 * May import: of core and protocol types, plain constants and pure functions, no schemas; preact, @preact/signals, uplot,
 * @xterm. Nothing of the program imports this.
 *
 * @module
 */
export {};
