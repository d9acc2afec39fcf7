import { main, systemTerminal } from "./src/cli/mod.ts";

Deno.exit(await main({ args: Deno.args, env: Deno.env.toObject(), terminal: systemTerminal() }));
