/**
 * manager/console (L3): the web console, as files for a browser: the page at the console's own addresses, and what it
 * loads from `/assets/`. They come out of one map that is embedded in the program, never from the file system, so no
 * address can lead anywhere else. What the console shows it asks of the API like any other client.
 *
 * Lifecycle: none. The map is loaded with the first request for it; a manager that nobody looks at does not carry it.
 *
 * To add one more page: its address in protocol/manager/console.ts, and the page in src/console. To add one more file:
 * scripts/console_build.ts, which makes the map.
 *
 * May import: core, protocol.
 *
 * @module
 */
export { type ConsoleAssets, ConsoleFiles, type ConsoleFilesOptions } from "./console_files.ts";
export { loadAssets } from "./embedded.ts";
