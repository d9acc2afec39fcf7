import assert from "node:assert/strict";
import { until } from "../../tests/helpers/host.ts";
import { type ListenAddress, Listening } from "./listening.ts";

// Two may listen on one port only where they say so, and the one that has gone deaf here does not really give it up.
const ignore = Deno.build.os === "windows";

Deno.test("a server that has gone deaf listens again where it did, and its connections go on", { ignore }, async () => {
  const troubles: unknown[] = [];
  let recovered = 0;
  const release = Promise.withResolvers<void>();
  const handler = async (request: Request) => {
    if (request.url.endsWith("/slow")) await release.promise;
    return new Response("here");
  };
  const events = { onTrouble: (error: unknown) => void troubles.push(error), onRecovered: () => void recovered++ };
  const listen: ListenAddress = { kind: "tcp", hostname: "127.0.0.1", port: 0, reusePort: true };
  const listening = new Listening(listen, handler, events);
  const address = listening.begin();
  assert.ok(address.kind === "tcp");
  const url = `http://127.0.0.1:${address.port}`;
  using client = Deno.createHttpClient({});
  const slow = fetch(`${url}/slow`, { client });
  listening.revive();
  await until(() => recovered === 1, "it listens again");
  assert.equal(troubles.length, 1);
  release.resolve();
  assert.equal(await (await slow).text(), "here");
  const servers = await listening.end();
  assert.equal(servers.length, 2);
  await Promise.all(servers.map((shutDown) => shutDown()));
  await assert.rejects(fetch(url, { client }));
  listening.revive();
  assert.equal(troubles.length, 1, "what was ended stays so");
});
