import assert from "node:assert/strict";
import { settle, withFakes } from "../../../tests/helpers/fake_ptys.ts";
import { until } from "../../../tests/helpers/host.ts";
import { TERMINAL_FRAMES } from "../../protocol/mod.ts";
import { MIN_WINDOW_BYTES } from "./guest_window.ts";

Deno.test("what is printed is shown, and what is typed is typed", () =>
  withFakes(async ({ shell, pty }) => {
    const guest = await shell({ cols: 80, rows: 24 });
    pty().print("one ");
    pty().print("two");
    await guest.untilText("one two");
    await guest.type("a");
    await guest.type("bç\x03");
    await until(() => pty().typed === "abç\x03", "it is typed");
    const [first] = guest.states;
    assert.deepEqual([first?.mode, first?.terminal.guests.map(({ actor, mode }) => [actor, mode])], [
      "control",
      [["alice", "control"]],
    ]);
    assert.equal(first?.terminal.expiresMs, undefined);
  }));

Deno.test("who only views can neither type nor change the size, and is told who else is there", () =>
  withFakes(async ({ shell, attach, pty, clock }) => {
    const guest = await shell();
    const viewer = await attach(guest.id, { mode: "view", cols: 10, rows: 5, caller: "bob" });
    await viewer.type("rm -rf /\r");
    await viewer.resize(20, 10);
    await viewer.acknowledge(0);
    await guest.type("ls");
    await until(() => pty().typed === "ls", "the other one types");
    pty().print("seen");
    await viewer.untilText("seen");
    assert.deepEqual([pty().typed, pty().sizes], ["ls", []]);
    await clock.advance(100);
    await until(() => guest.states.at(-1)?.terminal.guests.length === 2, "it is told that one views");
    assert.equal(viewer.states[0]?.mode, "view");
    await viewer.leave();
    await until(async () => (await clock.advance(100), guest.states.at(-1)?.terminal.guests.length === 1), "and left");
  }));

Deno.test("the last one that came to control decides the size, and the one before when that one leaves", () =>
  withFakes(async ({ shell, attach, pty, list }) => {
    const first = await shell({ cols: 80, rows: 24 });
    const second = await attach(first.id, { cols: 120, rows: 40 });
    await until(() => pty().sizes.at(-1) === "120x40", "the second one's size");
    await first.resize(90, 20);
    await first.type("x");
    await until(() => pty().typed === "x", "the first one's frames have come");
    assert.equal(pty().sizes.length, 1);
    await second.resize(121, 41);
    await until(() => pty().sizes.at(-1) === "121x41", "the second one changes it");
    await second.leave();
    await until(() => pty().sizes.at(-1) === "90x20", "the first one's size again");
    assert.deepEqual((await list()).map(({ cols, rows }) => [cols, rows]), [[90, 20]]);
  }));

Deno.test("who comes back is shown what he has not seen, or what is left of it", () =>
  withFakes(async ({ shell, attach, pty }) => {
    const guest = await shell();
    pty().print("0123456789");
    await guest.untilText("0123456789");
    await guest.leave();
    pty().print("abcdef");
    const back = await attach(guest.id, { from: 12 });
    await back.untilText("cdef");
    assert.deepEqual([back.text, back.position], ["cdef", 16]);
    for (let line = 0; line < 30_000; line++) pty().print(`line ${line} of many, all of the same length or so\n`);
    const whole = await attach(guest.id, { mode: "view", from: 0 });
    await whole.untilText("line 29999 of");
    assert.match(whole.text, /^line \d+ of/, "it begins with a line");
    assert.ok(whole.outputBytes > 950_000 && whole.outputBytes <= 1_000_000, `${whole.outputBytes}`);
    const ahead = await attach(guest.id, { mode: "view", from: 10 ** 14 });
    pty().print("newest");
    await ahead.untilText("newest");
    assert.equal(ahead.text, "newest");
  }));

Deno.test("what is printed waits for who controls, and only for him", () =>
  withFakes(async ({ shell, attach, pty }) => {
    const guest = await shell({ acknowledges: false });
    const viewer = await attach(guest.id, { mode: "view", acknowledges: false });
    const half = new Uint8Array(MIN_WINDOW_BYTES / 2).fill(46);
    pty().print(half);
    pty().print(half);
    assert.equal(pty().isPaused, false);
    pty().print("x");
    assert.equal(pty().isPaused, true);
    await until(() => guest.outputBytes === MIN_WINDOW_BYTES, "as much as fits is sent");
    await settle();
    assert.deepEqual([guest.outputBytes, viewer.outputBytes], [MIN_WINDOW_BYTES, MIN_WINDOW_BYTES]);
    await guest.acknowledge(1_000);
    await until(() => !pty().isPaused, "it goes on");
    await guest.untilText("x");
    assert.equal(viewer.outputBytes, MIN_WINDOW_BYTES, "who views and does not acknowledge gets no more");
    pty().print(half);
    assert.equal(pty().isPaused, true);
    await guest.leave();
    await until(() => !pty().isPaused, "nobody controls any more");
  }));

Deno.test("who views and was too slow goes on with the newest", () =>
  withFakes(async ({ shell, pty }) => {
    const viewer = await shell({ mode: "view", acknowledges: false });
    const line = `${"x".repeat(999)}\n`;
    for (let count = 0; count < 300; count++) pty().print(line);
    await until(() => viewer.outputBytes === MIN_WINDOW_BYTES, "as much as fits is sent");
    for (let count = 300; count < 5_000; count++) pty().print(line);
    pty().print("newest");
    await viewer.acknowledge();
    await viewer.untilText("newest");
    const [[from = 0, to = 0] = []] = viewer.gaps;
    assert.ok(viewer.gaps.length === 1 && from === MIN_WINDOW_BYTES && to > 4_900_000, `${viewer.gaps}`);
    assert.equal(to % 1_000, 0, "from the beginning of a line on");
  }));

Deno.test("typing waits for a program that does not read, and its output for nobody meanwhile", () =>
  withFakes(async ({ shell, pty }) => {
    const guest = await shell({ acknowledges: false });
    pty().roomBytes = 3;
    await guest.type("abcd");
    await until(() => pty().typed === "abcd", "it is typed");
    await settle();
    await guest.type("efgh");
    pty().print(new Uint8Array(2 * MIN_WINDOW_BYTES));
    await settle();
    assert.deepEqual([pty().typed, pty().isPaused], ["abcd", false]);
    pty().makeRoom();
    await until(() => pty().typed === "abcdefgh", "the rest is typed");
    await until(() => pty().isPaused, "now it is waited for again");
  }));

Deno.test("a size that many frames change is changed once for all that came together", () =>
  withFakes(async ({ shell, pty }) => {
    const guest = await shell();
    const frames = Array.from(
      { length: 1_000 },
      (_, at) => [0, 0, 0, 5, TERMINAL_FRAMES.resize, 0, 1 + at % 200, 0, 50],
    );
    await guest.sendRaw(new Uint8Array(frames.flat()));
    await guest.resize(77, 55);
    await until(() => pty().sizes.at(-1) === "77x55", "the last one counts");
    assert.ok(pty().sizes.length < 20, `${pty().sizes.length} times`);
  }));

Deno.test("who sends what is no frame is cut off, and the terminal lives on", () =>
  withFakes(async ({ shell, attach, list, pty, records }) => {
    const { id } = await shell();
    for (
      const bytes of [
        [255, 255, 255, 255, 1],
        [0, 0, 0, 0],
        [0, 1, 0, 1, 1],
        [0, 0, 0, 3, TERMINAL_FRAMES.resize, 0, 80],
        [0, 0, 0, 5, TERMINAL_FRAMES.resize, 0, 0, 0, 0],
        [0, 0, 0, 2, TERMINAL_FRAMES.acknowledge, 0],
      ]
    ) {
      const hostile = await attach(id, { mode: "view" });
      await hostile.sendRaw(new Uint8Array(bytes));
      assert.ok(await hostile.over instanceof Error, `${bytes}`);
    }
    await until(async () => (await list())[0]?.guests.length === 1, "all of them are gone");
    const unknown = await attach(id);
    await unknown.send(0x55, new Uint8Array(60_000));
    await unknown.send(TERMINAL_FRAMES.input, new Uint8Array(0));
    await unknown.type("ok");
    await until(() => pty().typed === "ok", "frames of an unknown type are passed over");
    assert.equal(records.filter(({ msg }) => msg === "terminal left").length, 6);
  }));

Deno.test("the end of a shell is told after what it has printed last, and then the stream ends", () =>
  withFakes(async ({ shell, attach, list, pty, client, records }) => {
    const guest = await shell();
    const viewer = await attach(guest.id, { mode: "view" });
    pty().print("logout\r\n");
    pty().end({ code: 3 });
    for (const each of [guest, viewer]) {
      assert.equal(await each.over, null);
      assert.equal(each.text, "logout\r\n");
      assert.deepEqual(each.exit, { exitCode: 3, reason: "the shell has ended" });
    }
    assert.deepEqual(await list(), []);
    await assert.rejects(client.call(`/v1/terminals/${guest.id}`, { method: "DELETE" }), { code: "not_found" });
    const { fields } = records.find(({ msg }) => msg === "terminal ended") ?? assert.fail();
    assert.deepEqual([fields?.["by"], fields?.["exitCode"], fields?.["outputBytes"]], ["alice", 3, 8]);
  }));

Deno.test("a guest that shows nothing any more does not keep an ended terminal for long", () =>
  withFakes(async ({ shell, pty, clock }) => {
    const guest = await shell({ acknowledges: false });
    pty().print(new Uint8Array(MIN_WINDOW_BYTES + 100));
    await until(() => guest.outputBytes === MIN_WINDOW_BYTES, "as much as fits is sent");
    pty().end({ code: 0 });
    await settle();
    assert.equal(guest.hasEnded, false, "the rest comes first");
    await clock.advance(3_000);
    assert.equal(await guest.over, null);
    assert.equal(clock.sleeping, 0);
  }));
