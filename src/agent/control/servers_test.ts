import assert from "node:assert/strict";
import { join } from "node:path";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { defineRoute, type ListenAddress, localClient } from "../../http/mod.ts";
import { logLevelState } from "../../protocol/mod.ts";
import { createControlListen, createControlSocket } from "./servers.ts";

const never = new AbortController().signal;
const level = { level: "info" } as const;
const route = defineRoute({
  method: "GET",
  path: "/v1/log-level",
  summary: "Show the log level in force",
  access: "owner",
  response: logLevelState,
  handle: () => level,
});
const api = { routes: [route], log: recordingLog().log };

Deno.test("the control socket serves its owner without a token, in a directory that it makes", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "run", "agent.sock");
    const server = createControlSocket(api, path);
    await server.start(never);
    assert.deepEqual(await localClient(path).call("/v1/log-level"), level);
    await server.stop(never);
    await assert.rejects(localClient(path).call("/v1/log-level"), { code: "not_running" });
    assert.deepEqual([...Deno.readDirSync(join(dir, "run"))], []);
  }));

/** The statuses with which the TCP server answers requests with these authorization headers. */
async function statuses(tokenFile: string | undefined, ...headers: (string | undefined)[]): Promise<number[]> {
  let port = 0;
  const onListen = (address: ListenAddress) => void (port = address.kind === "tcp" ? address.port : 0);
  const server = createControlListen(api, { hostname: "127.0.0.1", port: 0, tokenFile, onListen });
  await server.start(never);
  try {
    return await Promise.all(headers.map(async (authorization) => {
      const init = authorization === undefined ? {} : { headers: { authorization } };
      const response = await fetch(`http://127.0.0.1:${port}/v1/log-level`, init);
      await response.body?.cancel();
      return response.status;
    }));
  } finally {
    await server.stop(never);
  }
}

Deno.test("over TCP the owner's routes open with the token of the file, and without one not at all", () =>
  inTempDir(async (dir) => {
    const tokenFile = join(dir, "token");
    await Deno.writeTextFile(tokenFile, "  0123456789abcdef\n");
    const headers = ["Bearer 0123456789abcdef", "Bearer 0123456789abcdeF", undefined];
    assert.deepEqual(await statuses(tokenFile, ...headers), [200, 401, 401]);
    assert.deepEqual(await statuses(undefined, ...headers), [401, 401, 401]);
  }));

Deno.test("a token that is missing, too short or not a file is told before the port is opened", () =>
  inTempDir(async (dir) => {
    const tokenFile = join(dir, "token");
    await assert.rejects(statuses(tokenFile), {
      code: "invalid_config",
      message: /agent\.control\.token_file .*token/,
    });
    await assert.rejects(statuses(dir), { code: "invalid_config" });
    for (const text of ["", "   \n", "0123456789abcde"]) {
      await Deno.writeTextFile(tokenFile, text);
      await assert.rejects(statuses(tokenFile), { code: "invalid_config", message: /too short/ });
    }
  }));
