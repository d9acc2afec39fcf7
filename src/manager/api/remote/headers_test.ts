import assert from "node:assert/strict";
import { caller } from "../../../../tests/helpers/fake_auth.ts";
import { headersFromHost, headersToHost } from "./headers.ts";

Deno.test("a host is told what is asked and by whom, and nothing that is the manager's", () => {
  const sent = headersToHost(
    new Headers({
      "accept": "text/event-stream",
      "content-type": "application/json",
      "last-event-id": "7",
      "x-feature": "on",
      "authorization": "Bearer fht_secret",
      "cookie": "farhand_session=fhs_secret",
      "connection": "keep-alive, X-Hop",
      "x-hop": "1",
      "keep-alive": "timeout=5",
      "te": "trailers",
      "transfer-encoding": "chunked",
      "upgrade": "websocket",
      "sec-websocket-key": "abc",
      "sec-fetch-site": "same-origin",
      "origin": "https://manager",
      "referer": "https://manager/hosts",
      "x-csrf-token": "csrf",
      "x-forwarded-for": "203.0.113.5",
      "x-real-ip": "203.0.113.5",
      "x-farhand-caller": "root",
      "proxy-authorization": "Basic x",
    }),
    caller("operator", { actor: "token:ada/näme\ud800" }),
    "request-7",
  );
  assert.deepEqual(Object.fromEntries(sent), {
    "accept": "text/event-stream",
    "content-type": "application/json",
    "last-event-id": "7",
    "x-feature": "on",
    "x-farhand-caller": "token%3Aada%2Fn%C3%A4me%EF%BF%BD",
    "x-request-id": "request-7",
  });
});

Deno.test("a host cannot set cookies, policies or addresses of the manager", () => {
  const passed = headersFromHost(
    new Headers([
      ["set-cookie", "farhand_session=stolen"],
      ["content-security-policy", "default-src *"],
      ["location", "https://evil"],
      ["access-control-allow-origin", "*"],
      ["www-authenticate", "Basic"],
      ["clear-site-data", '"*"'],
      ["content-type", "application/json"],
      ["content-length", "12"],
      ["content-disposition", 'attachment; filename="a"'],
    ]),
  );
  assert.deepEqual(Object.fromEntries(passed), {
    "content-disposition": 'attachment; filename="a"',
    "content-length": "12",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "content-type": "application/json",
  });
});

for (
  const [given, expected] of [
    ["application/json; charset=utf-8", null],
    ["text/event-stream; charset=utf-8", null],
    ["application/openmetrics-text; version=1.0.0; charset=utf-8", null],
    ["application/problem+json", null],
    ["text/plain", null],
    ["text/html", "application/octet-stream"],
    ["TEXT/HTML", "application/octet-stream"],
    ["image/svg+xml", "application/octet-stream"],
    ["text/javascript", "application/octet-stream"],
    ["application/jsonp, text/html", "application/octet-stream"],
    ["text/plainly", "application/octet-stream"],
    ["multipart/x-mixed-replace", "application/octet-stream"],
  ] as const
) {
  Deno.test(`what a host calls ${given} is passed on ${expected === null ? "so" : "as bytes"}`, () => {
    assert.equal(headersFromHost(new Headers({ "content-type": given })).get("content-type"), expected ?? given);
  });
}
