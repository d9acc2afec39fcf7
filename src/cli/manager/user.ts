import { type Command, Option } from "commander";
import { AppError, nearest } from "../../core/mod.ts";
import type { ApiClient } from "../../http/mod.ts";
import { ROLES, type User, user, userList } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import { localTime } from "../output.ts";
import { safeText } from "../safe_text.ts";
import { readSecret } from "../secret_input.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";

interface PasswordOptions {
  readonly passwordFile?: string;
}

interface AddOptions extends PasswordOptions {
  readonly role: string;
  readonly select?: string;
}

interface RoleOptions {
  readonly select?: string;
}

type Of = (self: Command) => ManagerContext;

const PATH = "/api/v1/users";
const PASSWORD_FILE = "file with the password, - for standard input (default: asked for)";
const SELECT = 'only for hosts that all these terms hold for, such as env=test,name=web-*; "" for all';

export const userCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("user", "add, list, change and remove the people who may use this manager", [
      "agent manager user add ada --role admin",
      "agent manager user list",
      "agent manager user passwd ada",
      "agent manager user role bob operator --select env=test",
    ])
      .addCommand(addCommand(contextOf))
      .addCommand(listCommand(contextOf))
      .addCommand(passwordCommand(contextOf))
      .addCommand(roleCommand(contextOf))
      .addCommand(switchCommand(contextOf, "disable"))
      .addCommand(switchCommand(contextOf, "enable"))
      .addCommand(removeCommand(contextOf)),
};

function addCommand(contextOf: Of): Command {
  return command("add", "make a user", [
    "agent manager user add ada --role admin",
    "agent manager user add bob --role operator --select env=test --password-file -",
  ])
    .argument("<name>", "how he signs in")
    .addOption(new Option("--role <role>", "what he may do").choices(ROLES).default("viewer"))
    .option("--select <selector>", SELECT)
    .option("--password-file <file>", PASSWORD_FILE)
    .option("--json", "print JSON")
    .action(async (name: string, { role, select = "", passwordFile }: AddOptions, self: Command) => {
      const context = contextOf(self);
      const password = await newPassword(context, name, passwordFile);
      const body = { name, role, scope: select, password };
      const { out, api, signal } = context;
      const made = user().parse(await (await api()).call(PATH, { method: "POST", body, signal }));
      out.either(made, () => out.line(`made ${safeText(made.name)}, ${made.role}`));
    });
}

function listCommand(contextOf: Of): Command {
  return command("list", "list the users", ["agent manager user list"])
    .option("--json", "print JSON")
    .action(async (_, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const list = userList().parse(await (await api()).call(PATH, { signal }));
      out.either(list, () => {
        if (list.users.length === 0) {
          return out.line('No users yet; "agent manager setup-link" prints the link for the first');
        }
        out.table(["NAME", "ROLE", "HOSTS", "STATE", "LAST LOGIN", "ID"], list.users.map(row));
      });
    });
}

function row({ id, name, role, scope, disabled, lastLoginMs }: User): string[] {
  const login = lastLoginMs === undefined ? "never" : localTime(lastLoginMs);
  return [name, role, scope || "all", disabled ? "disabled" : "active", login, id].map(safeText);
}

function passwordCommand(contextOf: Of): Command {
  return command("passwd", "give a user another password; his logins end", ["agent manager user passwd ada"])
    .argument("<name>", "whose")
    .option("--password-file <file>", PASSWORD_FILE)
    .option("--json", "print JSON")
    .action(async (name: string, { passwordFile }: PasswordOptions, self: Command) => {
      const context = contextOf(self);
      const changed = await change(context, name, async () => ({
        password: await newPassword(context, name, passwordFile),
      }));
      context.out.either(changed, () => context.out.line(`${safeText(changed.name)} has another password`));
    });
}

function roleCommand(contextOf: Of): Command {
  return command("role", "change what a user may do, and on which hosts", [
    "agent manager user role bob operator --select env=test",
    'agent manager user role bob admin --select ""',
  ])
    .argument("<name>", "whose")
    .argument("<role>", ROLES.join(", "))
    .option("--select <selector>", SELECT)
    .option("--json", "print JSON")
    .action(async (name: string, role: string, { select }: RoleOptions, self: Command) => {
      const { out } = contextOf(self);
      const scope = select === undefined ? {} : { scope: select };
      const changed = await change(contextOf(self), name, () => ({ role, ...scope }));
      const where = changed.scope === "" ? "all hosts" : safeText(changed.scope);
      out.either(changed, () => out.line(`${safeText(changed.name)} is ${changed.role} of ${where}`));
    });
}

function switchCommand(contextOf: Of, name: "disable" | "enable"): Command {
  const about = name === "disable" ? "keep a user out; his logins end" : "let a user in again";
  return command(name, about, [`agent manager user ${name} bob`])
    .argument("<name>", "whom")
    .option("--json", "print JSON")
    .action(async (user: string, _: unknown, self: Command) => {
      const { out } = contextOf(self);
      const changed = await change(contextOf(self), user, () => ({ disabled: name === "disable" }));
      out.either(changed, () => out.line(`${safeText(changed.name)} is ${name}d`));
    });
}

function removeCommand(contextOf: Of): Command {
  return command("remove", "remove a user with his logins and API tokens", ["agent manager user remove bob"])
    .argument("<name>", "whom")
    .option("--json", "print JSON")
    .action(async (name: string, _: unknown, self: Command) => {
      const { out, api, signal } = contextOf(self);
      const manager = await api();
      const { id } = await findUser(manager, signal, name);
      const request = { method: "DELETE", signal } as const;
      const removed = user().parse(await manager.call(`${PATH}/${encodeURIComponent(id)}`, request));
      out.either(removed, () => out.line(`removed ${safeText(removed.name)}`));
    });
}

async function change(
  { api, signal }: ManagerContext,
  name: string,
  patchOf: () => object | Promise<object>,
): Promise<User> {
  const manager = await api();
  const { id } = await findUser(manager, signal, name);
  const request = { method: "PATCH", body: await patchOf(), signal } as const;
  return user().parse(await manager.call(`${PATH}/${encodeURIComponent(id)}`, request));
}

async function findUser(api: Pick<ApiClient, "call">, signal: AbortSignal, name: string): Promise<User> {
  const { users } = userList().parse(await api.call(PATH, { signal }));
  const found = users.find((one) => one.name === name || one.id === name);
  if (found !== undefined) return found;
  const near = nearest(name, users.map((one) => one.name));
  const hint = near === undefined ? '"agent manager user list" shows them' : `did you mean ${safeText(near)}?`;
  throw new AppError("not_found", `There is no user "${safeText(name)}"; ${hint}`);
}

/** Typed twice where somebody types it, since nobody sees it. */
async function newPassword({ terminal }: ManagerContext, name: string, file?: string): Promise<string> {
  const prompt = `New password of ${safeText(name)}`;
  const password = (await readSecret(terminal, prompt, file)).reveal();
  if (file === undefined && (await readSecret(terminal, `${prompt}, again`)).reveal() !== password) {
    throw new AppError("invalid_input", "The two passwords are not the same; nothing was changed");
  }
  return password;
}
