/** The import law of this repository, row by row. CONTRIBUTING.md explains it; import_law.ts checks it. */
import type { ImportLaw } from "./import_law.ts";

const SIDEWAYS = "folders of one layer do not know each other; what they share belongs in a lower one";

export const LAW: ImportLaw = {
  layers: [
    { folder: "src/core", level: 0, reason: "small things that everything rests on import nothing themselves" },
    { folder: "src/log", level: 1, reason: SIDEWAYS },
    { folder: "src/config", level: 1, reason: SIDEWAYS },
    { folder: "src/protocol", level: 1, reason: SIDEWAYS },
    { folder: "src/platform", level: 1, reason: SIDEWAYS },
    { folder: "src/lifecycle", level: 2, reason: SIDEWAYS },
    { folder: "src/http", level: 2, reason: SIDEWAYS },
    { folder: "src/program", level: 2, reason: SIDEWAYS },
    { folder: "src/tunnel", level: 2, reason: SIDEWAYS },
    { folder: "src/database", level: 2, reason: SIDEWAYS },
    {
      folder: "src/console",
      level: 2,
      reason: "it runs in browsers, which know of the program what the protocol says and nothing else",
    },
    {
      folder: "src/agent/*",
      level: 3,
      reason: "a part declares what it needs in its own ports.ts, and the files of src/agent supply it",
    },
    {
      folder: "src/agent",
      level: 4,
      reason: "it puts the parts together for the command line and knows nothing above",
    },
    {
      folder: "src/manager/*",
      level: 3,
      reason: "a part declares what it needs in its own ports.ts, and the files of src/manager supply it",
    },
    {
      folder: "src/manager",
      level: 4,
      reason: "it puts the parts together for the command line and knows nothing above",
    },
    { folder: "src/cli", level: 5, reason: "nothing but main.ts knows the command line" },
    { folder: "main.ts", level: 6, reason: "it is the top: argv to cli, exit code to the process" },
  ],
  strangers: [
    {
      folders: ["src/agent", "src/manager"],
      reason:
        "agent and manager meet in protocol and tunnel alone, so that each can be understood and replaced without the other",
    },
  ],
  testHelpers: "tests/helpers",
  packages: [
    {
      name: "commander",
      folders: ["src/cli"],
      reason: "commander is the command line's; elsewhere take plain options",
    },
    { name: "yaml", folders: ["src/config"], reason: "yaml is the config file's; elsewhere take the loaded config" },
    {
      name: "hono",
      folders: ["src/http"],
      reason: "hono is the HTTP kit's; elsewhere write routes with the kit, or take a fetch function",
    },
    {
      name: "zod/mini",
      folders: ["src/config", "src/protocol", "src/http"],
      reason: "schemas stand where data enters: config, protocol and HTTP; elsewhere take the typed value",
    },
    {
      name: "zod/locales",
      folders: ["src/http"],
      reason: "the messages of schemas are worded where requests are checked",
    },
    {
      name: "@zip.js/zip.js",
      folders: ["_test.ts"],
      reason: "zip.js reads in tests what agent/files writes; to write, it keeps 5 kB of each file until the end",
    },
    { name: "preact", folders: ["src/console"], reason: "preact is the console's, which alone has a page to render" },
    {
      name: "@preact/signals",
      folders: ["src/console"],
      reason: "signals are the console's way of rendering what changed",
    },
    { name: "uplot", folders: ["src/console"], reason: "uplot draws the console's charts" },
    {
      name: "@xterm/xterm",
      folders: ["src/console"],
      reason: "xterm is the console's terminal, loaded when one is opened",
    },
    { name: "@xterm/addon-fit", folders: ["src/console"], reason: "a part of the console's terminal" },
    { name: "@xterm/addon-search", folders: ["src/console"], reason: "a part of the console's terminal" },
    { name: "@xterm/addon-unicode11", folders: ["src/console"], reason: "a part of the console's terminal" },
    { name: "fast-check", folders: ["_test.ts"], reason: "fast-check makes test data; the program does not carry it" },
  ],
};
