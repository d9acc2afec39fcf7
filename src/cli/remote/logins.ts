import { dirname } from "node:path";
import { AppError, messageOf, Secret } from "../../core/mod.ts";
import { fileError, writePrivateFile } from "../../platform/mod.ts";

/** A manager that this user may ask, as `agent login` remembers it. */
export interface Login {
  readonly url: string;
  readonly user: string;
  readonly token: Secret;
  /** The authority of the manager's certificate, PEM, where the system's would not do. */
  readonly ca?: string;
  readonly expiresMs?: number;
}

interface StoredLogin extends Omit<Login, "token"> {
  readonly token: string;
}

interface LoginFile {
  /** The URL of the one that commands ask when none is named. */
  readonly current: string;
  readonly managers: Readonly<Record<string, StoredLogin>>;
}

const EMPTY: LoginFile = { current: "", managers: {} };

/** The one that is asked, or null where the user has logged in nowhere. */
export async function currentLogin(path: string): Promise<Login | null> {
  const { current, managers } = await read(path);
  const login = managers[current];
  return login === undefined ? null : { ...login, token: new Secret(login.token) };
}

/** Remembers a login and makes it the current one. */
export async function rememberLogin(path: string, login: Login): Promise<void> {
  const { managers } = await read(path);
  const stored: StoredLogin = { ...login, token: login.token.reveal() };
  await write(path, { current: login.url, managers: { ...managers, [login.url]: stored } });
}

export async function forgetLogin(path: string, url: string): Promise<void> {
  const file = await read(path);
  const { [url]: _, ...managers } = file.managers;
  await write(path, { current: Object.keys(managers)[0] ?? "", managers });
}

async function read(path: string): Promise<LoginFile> {
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    if (isLoginFile(value)) return value;
    throw new Error("it does not hold logins");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return EMPTY;
    const remedy = 'remove it and use "agent login URL" again';
    throw new AppError("invalid_input", `Cannot read the logins in ${path}: ${messageOf(error)}; ${remedy}`);
  }
}

async function write(path: string, file: LoginFile): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await writePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`);
  } catch (error) {
    throw fileError("write the logins", path, error);
  }
}

function isLoginFile(value: unknown): value is LoginFile {
  if (typeof value !== "object" || value === null || !("current" in value) || !("managers" in value)) return false;
  const { current, managers } = value;
  return typeof current === "string" && typeof managers === "object" && managers !== null &&
    Object.values(managers).every(isLogin);
}

function isLogin(value: unknown): boolean {
  return typeof value === "object" && value !== null && "url" in value && typeof value.url === "string" &&
    "token" in value && typeof value.token === "string" && "user" in value && typeof value.user === "string" &&
    (!("ca" in value) || typeof value.ca === "string");
}
