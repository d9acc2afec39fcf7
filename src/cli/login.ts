import { AppError, Secret, toAppError } from "../core/mod.ts";
import { type Authority, authorityOf, fetchAuthority, isCertificateFailure, isSameFingerprint } from "../http/mod.ts";
import { fileError } from "../platform/mod.ts";
import { AUTHORITY_PATH, loginAnswer, me } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import { localTime } from "./output.ts";
import { currentLogin, forgetLogin, type Login, rememberLogin } from "./remote/logins.ts";
import { ManagerClient } from "./remote/manager_client.ts";
import { managerUrl } from "./remote/manager_reach.ts";
import { safeText } from "./safe_text.ts";
import { askLine, confirm, readSecret } from "./secret_input.ts";

interface LoginOptions {
  readonly user?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly caFingerprint?: string;
}

const ASK_MS = 30_000;

export const loginCommand: CommandFile = {
  build: (contextOf) =>
    command("login", "log in to a manager, so that commands can ask it and its hosts", [
      "agent login https://manager.example.com:9443",
      "agent login manager.example.com:9443 --user ada --password-file -",
      "agent login https://manager.example.com:9443 --token-file ~/api-token",
    ])
      .argument("<url>", "the manager's address")
      .option("--user <name>", "log in as this user (default: asked for)")
      .option("--password-file <file>", "file with the password, - for standard input (default: asked for)")
      .option("--token-file <file>", "file with an API token instead, - for standard input")
      .option("--ca-file <file>", "certificate authority of the manager, PEM")
      .option("--ca-fingerprint <sha256>", "SHA-256 of the manager's certificate authority, from whom you trust")
      .option("--json", "print JSON")
      .action((url: string, options: LoginOptions, self) => login(contextOf(self), managerUrl(url), options)),
};

async function login(context: CliContext, url: URL, options: LoginOptions): Promise<void> {
  const { out, loginFile } = context;
  const ca = await authorityFor(context, url, options);
  const known = { url: url.href, ...(ca === null ? {} : { ca: ca.pem }) };
  const made = options.tokenFile === undefined
    ? await byPassword(context, known, options)
    : await byToken(context, known, options.tokenFile);
  await rememberLogin(loginFile(), made);
  const { user, expiresMs } = made;
  out.either({ url: url.href, user, expiresMs: expiresMs ?? null }, () => {
    const until = expiresMs === undefined ? "" : ` until ${localTime(expiresMs)}`;
    out.line(`logged in to ${url.origin} as ${safeText(user)}${until}`);
  });
}

type Known = Pick<Login, "url" | "ca">;

async function byPassword(context: CliContext, known: Known, options: LoginOptions): Promise<Login> {
  const { terminal, signal } = context;
  const name = options.user ?? await askLine(terminal, "User");
  const password = await readSecret(terminal, `Password of ${safeText(name)}`, options.passwordFile);
  const body = { name, password: password.reveal(), bearer: true };
  const answer = await asking(
    known,
    async ({ api }) =>
      loginAnswer().parse(await api.call("/api/v1/sessions", { method: "POST", body, signal: within(signal) })),
  );
  if (answer.token === undefined) throw new AppError("unavailable", "The manager gave no token for the command line");
  return { ...known, user: answer.user.name, token: new Secret(answer.token), expiresMs: answer.expiresMs };
}

async function byToken({ terminal, signal }: CliContext, known: Known, file: string): Promise<Login> {
  const token = await readSecret(terminal, "API token", file);
  const caller = await asking(
    { ...known, token },
    async ({ api }) => me().parse(await api.call("/api/v1/me", { signal: within(signal) })),
  );
  return { ...known, token, user: caller.token === undefined ? caller.user?.name ?? "?" : `token ${caller.token}` };
}

async function asking<T>(
  address: Known & { readonly token?: Secret },
  ask: (client: ManagerClient) => Promise<T>,
): Promise<T> {
  const client = await ManagerClient.open(address);
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}

function within(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
}

/** Whom to trust: whoever the user names, else the system's authorities, else the manager's own if the user says so. */
async function authorityFor(context: CliContext, url: URL, options: LoginOptions): Promise<Authority | null> {
  if (url.protocol === "http:") return null;
  const { caFile, caFingerprint } = options;
  if (caFile !== undefined) {
    const pem = await Deno.readTextFile(caFile).catch((error) => {
      throw fileError("read the certificate authority", caFile, error);
    });
    return authorityOf(pem);
  }
  if (caFingerprint === undefined && await isTrusted(url, context.signal)) return null;
  const shown = await fetchAuthority(new URL(AUTHORITY_PATH, url), within(context.signal));
  const told = `sha256:${shown.fingerprint}`;
  if (caFingerprint !== undefined) {
    if (isSameFingerprint(caFingerprint, shown.fingerprint)) return shown;
    throw new AppError(
      "forbidden",
      `${url.host} shows the authority ${told}, not the one that was named: do not log in`,
    );
  }
  context.out.note(`The certificate of ${url.host} is from an authority that this host does not know:\n  ${told}`);
  if (await confirm(context.terminal, 'Trust it? "agent manager status" tells it on the manager\'s own machine.')) {
    return shown;
  }
  throw new AppError(
    "forbidden",
    `The manager's certificate is not trusted; name its authority: --ca-fingerprint ${told}`,
  );
}

async function isTrusted(url: URL, signal: AbortSignal): Promise<boolean> {
  try {
    await asking({ url: url.href }, ({ api }) => api.call("/healthz", { signal: within(signal) }));
    return true;
  } catch (error) {
    if (error instanceof AppError && isCertificateFailure(error.cause)) return false;
    throw error;
  }
}

export const logoutCommand: CommandFile = {
  build: (contextOf) =>
    command("logout", "end the login to the manager that commands ask", ["agent logout"])
      .option("--json", "print JSON")
      .action((_, self) => logout(contextOf(self))),
};

async function logout(context: CliContext): Promise<void> {
  const { out, signal } = context;
  const file = context.loginFile();
  const current = await currentLogin(file);
  if (current === null) return out.either({ url: null }, () => out.line("not logged in"));
  const request = { method: "DELETE", signal: within(signal) } as const;
  // The login here ends whatever the manager says, which may be gone for good.
  const failure = await asking(current, ({ api }) => api.call("/api/v1/sessions/current", request))
    .then(() => null, toAppError);
  await forgetLogin(file, current.url);
  out.either({ url: current.url }, () => out.line(`logged out of ${current.url}`));
  if (failure !== null && failure.code !== "unauthorized") {
    out.note(`${out.yellow("warning:")} the manager could not be told: ${failure.message}`);
  }
}
