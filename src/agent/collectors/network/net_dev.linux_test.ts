import assert from "node:assert/strict";
import { hostText } from "../../../../tests/helpers/fixture_host.ts";
import { parseNetDev } from "./net_dev.linux.ts";

const all = () => true;

Deno.test("an interface has eight counters of each direction", () => {
  const [, , found] = parseNetDev(hostText("storage", "proc/net/dev"), all);
  const common = { bytes: 812345678900000, packets: 512345678000, errors: 1, dropped: 2, fifo: 3 };
  assert.deepEqual(found, {
    name: "ens1f1",
    receive: { ...common, frame: 4, compressed: 0, multicast: 990 },
    transmit: {
      bytes: 712345678900000,
      packets: 412345678000,
      errors: 5,
      dropped: 6,
      fifo: 7,
      collisions: 8,
      carrier: 9,
      compressed: 10,
    },
  });
});

Deno.test("only the interfaces that are wanted are read", () => {
  const names = parseNetDev(hostText("server128", "proc/net/dev"), (name) => name.startsWith("e"))
    .map(({ name }) => name);
  assert.deepEqual(names, ["eno1", "eno2"]);
});

Deno.test("a number may be glued to the name, and an alias has a colon in its own", () => {
  const counters = (bytes: number) => `${bytes} 1 0 0 0 0 0 0 ${bytes + 1} 1 0 0 0 0 0 0`;
  const text = `  eth0:${counters(123)}\neth0:1: ${counters(5)}\neth0:2:${counters(7)}\n`;
  const found = parseNetDev(text, all).map(({ name, receive, transmit }) => [name, receive?.bytes, transmit?.bytes]);
  assert.deepEqual(found, [["eth0", 123, 124], ["eth0:1", 5, 6], ["eth0:2", 7, 8]]);
});

Deno.test("a counter that is no number is absent, and without bytes a direction is", () => {
  const [one, two, three] = parseNetDev(
    "a: 1 x 3 -4 5 6 7 8 zz 2 3\nb: 1 2\nc: 123456789012345678901234567890 1\n",
    all,
  );
  const rest = { fifo: 5, frame: 6, compressed: 7, multicast: 8 };
  assert.deepEqual(one, {
    name: "a",
    receive: { bytes: 1, packets: undefined, errors: 3, dropped: undefined, ...rest },
  });
  assert.equal(two?.receive?.packets, 2);
  assert.deepEqual(three, { name: "c" });
});
