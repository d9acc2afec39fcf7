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
    { name: "fast-check", folders: ["_test.ts"], reason: "fast-check makes test data; the program does not carry it" },
  ],
};
