import type { Command } from "commander";
import { AppError, systemClock } from "../../core/mod.ts";
import { type JoinToken, joinTokenList, madeJoinToken, revocation } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import { localTime } from "../output.ts";
import { labelsText } from "../process/words.ts";
import { safeText } from "../safe_text.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";
import { readLabels } from "./labels.ts";

interface CreateOptions {
  readonly name?: string;
  readonly expires: string;
  readonly uses: string;
  readonly label?: readonly string[];
}

type Of = (self: Command) => ManagerContext;

const PATH = "/api/v1/join-tokens";
const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  linux: "Linux",
  darwin: "macOS",
  windows: "Windows, as administrator",
};
const MOST_USES = 100_000;

/** Join tokens, by which hosts enrol. API tokens are people's: `agent token`. */
export const tokenCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("token", "make, list and revoke join tokens, with which hosts join this manager", [
      "agent manager token create",
      "agent manager token create --uses 20 --expires 2h --label env=prod",
      "agent manager token list",
    ])
      .addCommand(createCommand(contextOf))
      .addCommand(listCommand(contextOf))
      .addCommand(revokeCommand(contextOf)),
};

function createCommand(contextOf: Of): Command {
  return command("create", "make a join token and print the command to run on the host, for each system", [
    "agent manager token create",
    "agent manager token create --uses 20 --expires 2h --label env=prod --label team=shop",
    "agent manager token create --json | jq -r .secret > join-token",
  ])
    .option("--name <name>", "what it is for")
    .option("--expires <duration>", "how long it is good", "24h")
    .option("--uses <count>", "how many hosts may join by it", "1")
    .option("--label <key=value>", "label that these hosts get; may be repeated", collect)
    .option("--json", "print JSON")
    .action(async ({ name, expires, uses, label = [] }: CreateOptions, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const labels = readLabels(label)({});
      const body = { ...(name === undefined ? {} : { name }), expiresIn: expires, maxUses: usesOf(uses), labels };
      const made = madeJoinToken().parse(await (await api()).call(PATH, { method: "POST", body, signal }));
      out.either(made, () => {
        const { token, secret, commands } = made;
        const hosts = token.maxUses === 1 ? "one host" : `${token.maxUses} hosts`;
        out.line(
          `Join token ${token.id}, good for ${hosts} until ${localTime(token.expiresMs)}; it is not shown again:`,
        );
        out.line(`  ${out.bold(secret)}`);
        out.line("Run this on the host:");
        for (const [system, text] of Object.entries(commands)) {
          out.line(`  ${out.dim(`# ${safeText(SYSTEM_NAMES[system] ?? system)}`)}`);
          out.line(`  ${safeText(text)}`);
        }
      });
    });
}

function usesOf(text: string): number {
  const uses = Number(text);
  if (Number.isInteger(uses) && uses >= 1 && uses <= MOST_USES) return uses;
  throw new AppError("invalid_input", `--uses must be a number from 1 to ${MOST_USES}, got "${text}"`);
}

function listCommand(contextOf: Of): Command {
  return command("list", "list the join tokens", ["agent manager token list"])
    .option("--json", "print JSON")
    .action(async (_, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const list = joinTokenList().parse(await (await api()).call(PATH, { signal }));
      out.either(list, () => {
        if (list.tokens.length === 0) return out.line("No join tokens");
        out.table(["ID", "NAME", "STATE", "USES", "EXPIRES", "BY", "LABELS"], list.tokens.map(row));
      });
    });
}

function row(token: JoinToken): string[] {
  const { id, name, uses, maxUses, expiresMs, createdBy, labels } = token;
  return [id, name, stateOf(token), `${uses}/${maxUses}`, localTime(expiresMs), createdBy, labelsText(labels)]
    .map(safeText);
}

function stateOf({ revoked, expiresMs, uses, maxUses }: JoinToken): string {
  if (revoked) return "revoked";
  if (expiresMs <= systemClock.nowMs()) return "expired";
  return uses >= maxUses ? "used up" : "valid";
}

function revokeCommand(contextOf: Of): Command {
  return command("revoke", "make a join token worthless at once; hosts that have joined by it stay", [
    "agent manager token revoke 8d3f02",
  ])
    .argument("<token>", "its id in agent manager token list")
    .option("--json", "print JSON")
    .action(async (id: string, _: unknown, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const request = { method: "DELETE", signal } as const;
      const answer = revocation().parse(await (await api()).call(`${PATH}/${encodeURIComponent(id)}`, request));
      out.either(answer, () => out.line(`revoked ${safeText(answer.id)}`));
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
