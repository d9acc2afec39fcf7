import assert from "node:assert/strict";
import { isLoopback, parseEndpoint } from "./endpoint.ts";

for (
  const [text, expected] of [
    ["127.0.0.1:8081", { host: "127.0.0.1", port: 8081 }],
    ["[::1]:0", { host: "::1", port: 0 }],
    ["localhost:65535", { host: "localhost", port: 65535 }],
    [":8081", { host: "0.0.0.0", port: 8081 }],
    ["", null],
    ["127.0.0.1", null],
    ["127.0.0.1:", null],
    ["127.0.0.1:65536", null],
    ["127.0.0.1:-1", null],
    ["::1:8081", null],
    ["http://127.0.0.1:8081", null],
    ["a b:80", null],
    ["a:80\n", null],
  ] as const
) {
  Deno.test(`${JSON.stringify(text)} as host and port`, () => assert.deepEqual(parseEndpoint(text), expected));
}

Deno.test("only addresses of this machine are loopback", () => {
  const loopback = ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"];
  const others = ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "", "1127.0.0.1"];
  assert.deepEqual(loopback.filter((host) => !isLoopback(host)), []);
  assert.deepEqual(others.filter(isLoopback), []);
});
