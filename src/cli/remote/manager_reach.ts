import { AppError, Secret } from "../../core/mod.ts";
import { fileError } from "../../platform/mod.ts";
import { currentLogin } from "./logins.ts";
import { ManagerClient } from "./manager_client.ts";

/** For scripts, which do not log in: they have an API token. */
export const URL_VARIABLE = "FARHAND_URL";
export const TOKEN_VARIABLE = "FARHAND_TOKEN";
export const CA_VARIABLE = "FARHAND_CA_FILE";

/** The manager that commands ask: that of the environment, else the one where the user has logged in last. */
export async function openManager(env: Readonly<Record<string, string>>, loginFile: string): Promise<ManagerClient> {
  const url = env[URL_VARIABLE] ?? "";
  if (url !== "") return await ManagerClient.open(await fromEnvironment(url, env));
  const login = await currentLogin(loginFile);
  if (login === null) {
    throw new AppError(
      "unauthorized",
      `No manager to ask: use "agent login URL" first, or set ${URL_VARIABLE} and ${TOKEN_VARIABLE}`,
    );
  }
  return await ManagerClient.open(login);
}

async function fromEnvironment(url: string, env: Readonly<Record<string, string>>) {
  const token = env[TOKEN_VARIABLE] ?? "";
  if (token === "") throw new AppError("unauthorized", `${URL_VARIABLE} is set, and ${TOKEN_VARIABLE} is not`);
  const file = env[CA_VARIABLE] ?? "";
  const ca = file === "" ? undefined : await Deno.readTextFile(file).catch((error) => {
    throw fileError(`read ${CA_VARIABLE}`, file, error);
  });
  return { url: managerUrl(url).href, token: new Secret(token), ca };
}

/** The address of a manager as people write it: with https in front of it where they have left that out. */
export function managerUrl(text: string): URL {
  const url = URL.parse(text.includes("://") ? text.replace(/^ws/, "http") : `https://${text}`);
  const isWeb = url !== null && ["http:", "https:"].includes(url.protocol) && url.hostname !== "";
  if (!isWeb || url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new AppError("invalid_input", "A manager's address is such as https://manager.example.com:9443");
  }
  url.pathname = "/";
  return url;
}
