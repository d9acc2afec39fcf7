import type { Command } from "commander";
import { systemClock } from "../core/mod.ts";
import { type ApiToken, apiTokenList, madeApiToken, revocation, ROLES } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import { localTime } from "./output.ts";
import { safeText } from "./safe_text.ts";
import { Option } from "commander";

interface CreateOptions {
  readonly role: string;
  readonly select?: string;
  readonly expires: string;
}

const PATH = "/api/v1/tokens";

/** API tokens of whoever is logged in. Join tokens for hosts are the manager's: `agent manager token`. */
export const tokenCommand: CommandFile = {
  build: (contextOf) =>
    command("token", "make, list and revoke API tokens, with which scripts ask the manager", [
      "agent token create ci --role operator --select env=test --expires 30d",
      "agent token list",
    ])
      .addCommand(createCommand(contextOf))
      .addCommand(listCommand(contextOf))
      .addCommand(revokeCommand(contextOf)),
};

function createCommand(contextOf: (self: Command) => CliContext): Command {
  return command("create", "make a token, which is printed this once", [
    "agent token create ci --role operator --select env=test --expires 30d",
    "agent token create prometheus --json | jq -r .secret > /etc/prometheus/farhand-token",
  ])
    .argument("<name>", "what it is for")
    .addOption(new Option("--role <role>", "never more than your own").choices(ROLES).default("viewer"))
    .option("--select <selector>", "only for hosts that all these terms hold for: env=test,name=web-*")
    .option("--expires <duration>", "how long it is good", "90d")
    .option("--json", "print JSON")
    .action(async (name: string, { role, select, expires }: CreateOptions, self: Command) => {
      const { out, signal, manager } = contextOf(self);
      const body = { name, role, expiresIn: expires, ...(select === undefined ? {} : { scope: select }) };
      const made = madeApiToken().parse(await (await manager()).api.call(PATH, { method: "POST", body, signal }));
      out.either(made, () => {
        out.line(made.secret);
        const { token } = made;
        const until = token.expiresMs === undefined ? "" : `, good until ${localTime(token.expiresMs)}`;
        out.note(`token ${token.id} (${safeText(token.name)}, ${token.role}${until}); it is not shown again`);
      });
    });
}

function listCommand(contextOf: (self: Command) => CliContext): Command {
  return command("list", "list your API tokens", ["agent token list"])
    .option("--json", "print JSON")
    .action(async (_, self: Command) => {
      const { out, signal, manager } = contextOf(self);
      const list = apiTokenList().parse(await (await manager()).api.call(PATH, { signal }));
      out.either(list, () => {
        if (list.tokens.length === 0) return out.line("No API tokens");
        out.table(["ID", "NAME", "USER", "ROLE", "HOSTS", "EXPIRES", "LAST USED"], list.tokens.map(row));
      });
    });
}

function row({ id, name, user, role, scope, expiresMs, lastUsedMs }: ApiToken): string[] {
  const expires = expiresMs === undefined
    ? "never"
    : expiresMs <= systemClock.nowMs()
    ? "expired"
    : localTime(expiresMs);
  const used = lastUsedMs === undefined ? "never" : localTime(lastUsedMs);
  return [id, name, user, role, scope || "all", expires, used].map(safeText);
}

function revokeCommand(contextOf: (self: Command) => CliContext): Command {
  return command("revoke", "make a token worthless at once", ["agent token revoke t_8d3f"])
    .argument("<id>", "its id in agent token list")
    .option("--json", "print JSON")
    .action(async (id: string, _: unknown, self: Command) => {
      const { out, signal, manager } = contextOf(self);
      const path = `${PATH}/${encodeURIComponent(id)}`;
      const answer = revocation().parse(await (await manager()).api.call(path, { method: "DELETE", signal }));
      out.either(answer, () => out.line(`revoked ${safeText(answer.id)}`));
    });
}
