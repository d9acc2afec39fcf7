import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { type Clock, systemClock } from "../../../core/mod.ts";
import { createWatch } from "./collect.ts";
import { isExpected } from "./look_dns.ts";
import type { WatchOptions } from "./options.ts";
import { watchOptions } from "./testing.ts";

const quiet = new AbortController().signal;
const A = 1;
const NXDOMAIN = 3;

type Answer = { readonly code: number; readonly addresses: readonly string[] } | null;

/** A name server that knows one answer to each question for an A record; null keeps it silent. */
async function withNameServer(answer: Answer, use: (server: string, asked: () => number) => Promise<void>) {
  const socket = createSocket("udp4");
  let asked = 0;
  socket.on("message", (question: Uint8Array, from: { port: number; address: string }) => {
    asked++;
    if (answer !== null) socket.send(reply(question, answer), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
  try {
    await use(`127.0.0.1:${socket.address().port}`, () => asked);
  } finally {
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}

/** https://www.rfc-editor.org/rfc/rfc1035, section 4. */
function reply(question: Uint8Array, { code, addresses }: NonNullable<Answer>): Uint8Array {
  let end = 12; // after the header comes the name, then type and class
  while ((question[end] ?? 0) !== 0) end += (question[end] ?? 0) + 1;
  end += 5;
  const isA = question[end - 3] === A;
  const known = isA ? addresses : [];
  const header = [question[0] ?? 0, question[1] ?? 0, 0x81, 0x80 | code, 0, 1, 0, known.length, 0, 0, 0, 0];
  const records = known.flatMap((text) => [0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...text.split(".").map(Number)]);
  return new Uint8Array([...header, ...question.subarray(12, end), ...records]);
}

async function look(server: string, more: Partial<WatchOptions> = {}, clock: Clock = systemClock) {
  const options = watchOptions({ type: "dns", target: "shop.example.com.", server, ...more });
  return (await createWatch(options, { clock }).collect(quiet)).sample;
}

Deno.test("up with the addresses, and down when none of them is expected", () =>
  withNameServer({ code: 0, addresses: ["192.0.2.1", "192.0.2.2"] }, async (server) => {
    const good = await look(server, { expect: ["192.0.2.9", "192.0.2.2"] });
    assert.deepEqual([good.up, good.addresses?.toSorted()], [true, ["192.0.2.1", "192.0.2.2"]]);
    assert.ok((good.latencyMs ?? 0) > 0);
    assert.equal((await look(server)).up, true);
    const other = await look(server, { expect: ["192.0.2.9"] });
    assert.deepEqual([other.up, other.reason], [false, "none of the expected values is among the answers"]);
    assert.equal(other.addresses?.length, 2);
  }));

Deno.test("a name that is not there, or has no such record, is down", async () => {
  await withNameServer({ code: NXDOMAIN, addresses: [] }, async (server) => {
    const { up, reason } = await look(server);
    assert.deepEqual([up, reason], [false, "no A record of this name"]);
  });
  await withNameServer({ code: 0, addresses: [] }, async (server) => {
    assert.equal((await look(server, { record: "MX" })).reason, "no MX record of this name");
  });
});

Deno.test("a server that says nothing: down when the time is over", () =>
  withNameServer(null, async (server, asked) => {
    const clock = new FakeClock();
    const reading = look(server, {}, clock);
    while (asked() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await clock.advance(5_000);
    const { up, reason } = await reading;
    assert.deepEqual([up, reason], [false, "timed out after 5s"]);
  }));

Deno.test("expected values may be spelled in any usual way", () => {
  const cases: readonly (readonly [string, string, WatchOptions["record"], boolean])[] = [
    ["10 mail.example.com.", "mail.example.com", "MX", true],
    ["10 mail.example.com.", "10 MAIL.example.com", "MX", true],
    ["0 5 5060 sip.example.com.", "sip.example.com.", "SRV", true],
    ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "AAAA", true],
    ["v=spf1 -all", "-all", "TXT", false],
    ["192.0.2.1", "192.0.2.10", "A", false],
  ];
  for (const [answer, value, record, is] of cases) assert.equal(isExpected([answer], [value], record), is, value);
  assert.equal(isExpected(["x"], [], "A"), true);
});
