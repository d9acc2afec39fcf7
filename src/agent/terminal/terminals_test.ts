import assert from "node:assert/strict";
import { withFakes } from "../../../tests/helpers/fake_ptys.ts";
import { until } from "../../../tests/helpers/host.ts";
import { openApiProblems } from "../../../tests/helpers/openapi.ts";
import { TerminalClient, tryToAttach } from "../../../tests/helpers/terminal_client.ts";
import { AppError } from "../../core/mod.ts";
import { TERMINAL_WINDOW_BYTES } from "../../protocol/mod.ts";
import { MAX_GUESTS } from "./terminals.ts";

Deno.test("a terminal is opened for who asks, waits for him, and is listed", () =>
  withFakes(async ({ open, list, client, pty, clock }) => {
    const opened = await open({ cols: 100, rows: 30, term: "screen-256color" }, "Zoë");
    const { id, createdMs } = opened;
    assert.deepEqual(opened, {
      ...{ id, actor: "Zoë", user: "ops", shell: "/bin/fake", title: "", cols: 100, rows: 30 },
      ...{ createdMs, activeMs: createdMs, expiresMs: createdMs + 600_000, guests: [], outputBytes: 0 },
    });
    const { cols, rows, env } = pty().options;
    assert.deepEqual([cols, rows, env["TERM"], env["FARHAND_TERMINAL"]], [100, 30, "screen-256color", id]);
    await clock.advance(1_000);
    pty().print("\x1b]0;vim \u202ex\x07hello");
    const [view] = await list();
    assert.deepEqual([view?.title, view?.outputBytes, view?.activeMs], ["vim  x", 18, createdMs + 1_000]);
    for (const body of [{ cols: 0, rows: 24 }, { cols: 80, rows: 1_001 }, { cols: 80, rows: 24, term: "a b" }, {}]) {
      await assert.rejects(client.call("/v1/terminals", { method: "POST", body }), { code: "invalid_input" });
    }
  }));

Deno.test("ending one says who did it, to whoever looks and to who asks", () =>
  withFakes(async ({ shell, end, list, pty }) => {
    const guest = await shell();
    const exit = await end(guest.id, "bob\n\x1b[31m");
    assert.deepEqual(exit, { signal: "SIGHUP", reason: "ended by bob [31m" });
    await guest.over;
    assert.deepEqual(guest.exit, exit);
    assert.deepEqual([await list(), pty().isClosed], [[], true]);
  }));

Deno.test("what cannot be killed is told, and is not waited for", () =>
  withFakes(async ({ open, end, list, fakes, records }) => {
    const { id } = await open();
    fakes.unkillable = 2;
    assert.deepEqual(await end(id), { reason: "ended by alice, but 2 of its processes cannot be killed" });
    assert.deepEqual(await list(), []);
    assert.ok(records.some(({ msg, level }) => msg === "processes of a terminal cannot be killed" && level === "warn"));
  }));

Deno.test("one that everybody has left ends after a while, unless somebody comes back before", () =>
  withFakes(async ({ shell, attach, list, pty, clock }) => {
    const guest = await shell();
    await clock.advance(700_000);
    assert.equal((await list()).length, 1, "somebody is there");
    await guest.leave();
    await until(async () => (await list())[0]?.guests.length === 0, "he has left");
    await clock.advance(599_000);
    const back = await attach(guest.id);
    await clock.advance(1_200_000);
    assert.equal((await list()).length, 1);
    await back.leave();
    await until(async () => (await list())[0]?.guests.length === 0, "he has left again");
    const [view] = await list();
    assert.equal(view?.expiresMs, clock.nowMs() + 600_000);
    await clock.advance(600_000);
    assert.deepEqual([await list(), pty().isClosed, clock.sleeping], [[], true, 0]);
  }));

Deno.test("one that is idle or too old ends, and a reload changes when, for those that are open too", () =>
  withFakes(async ({ shell, set, clock, pty }) => {
    const guest = await shell();
    await clock.advance(3_500_000);
    pty().print("x");
    await clock.advance(3_500_000);
    await guest.type("y");
    await until(() => pty().typed === "y", "it is typed");
    await clock.advance(3_599_000);
    assert.equal(guest.hasEnded, false);
    await clock.advance(1_000);
    await guest.over;
    assert.equal(guest.exit?.reason, "idle for 1h");
    const busy = await shell();
    await set("terminal.idle_timeout=0", "terminal.max_lifetime=2h");
    await clock.advance(7_199_000);
    assert.equal(busy.hasEnded, false);
    await clock.advance(1_000);
    await busy.over;
    assert.equal(busy.exit?.reason, "open for 2h, as long as one may be");
  }));

Deno.test("there are limits for the host, for each user and for who looks at one", () =>
  withFakes(async ({ open, end, session, attach }) => {
    const mine = [await open({}, "alice"), await open({}, "alice")];
    const refused = (pattern: RegExp) => (error: Error) => pattern.test(error.message);
    await assert.rejects(open({}, "alice"), refused(/alice has 2 open on this host, of terminal.max_per_user 2/));
    await open({}, "bob");
    await assert.rejects(open({}, "carol"), refused(/3 are open on this host, of terminal.max_sessions 3/));
    await end(mine[0]?.id ?? "");
    await open({}, "alice");
    const id = mine[1]?.id ?? "";
    const guests = [];
    for (let count = 0; count < MAX_GUESTS; count++) guests.push(await attach(id, { mode: "view" }));
    const refusal = await tryToAttach(session, id, { mode: "view" });
    assert.ok(refusal instanceof Response && refusal.status === 429, "one too many");
    await refusal.body?.cancel();
    await guests[0]?.leave();
    await until(async () => {
      const again = await tryToAttach(session, id, { mode: "view" });
      if (again instanceof TerminalClient) return true;
      await again.body?.cancel();
      return false;
    }, "there is room again");
  }, { sets: ["terminal.max_sessions=3", "terminal.max_per_user=2"] }));

Deno.test("what cannot be opened says why and leaves nothing behind", () =>
  withFakes(async ({ client, list, fakes, clock }) => {
    fakes.failure = new AppError("forbidden", "Cannot start /bin/fake: it is a directory");
    const body = { cols: 80, rows: 24 };
    const expected = { code: "forbidden", message: "Cannot start /bin/fake: it is a directory" };
    await assert.rejects(client.call("/v1/terminals", { method: "POST", body }), expected);
    assert.deepEqual([await list(), clock.sleeping], [[], 0]);
  }));

Deno.test("nobody attaches but through the tunnel, to one that is there, with a size that is one", () =>
  withFakes(async ({ open, local, session }) => {
    const { id } = await open();
    await assert.rejects(local.call(`/v1/terminals/${id}/attach`), {
      code: "unsupported",
      message: /through a tunnel/,
    });
    for (
      const [path, options, status] of [
        ["none", {}, 404],
        [id, { cols: 80 }, 400],
        [id, { cols: 80, rows: 0 }, 400],
        [id, { cols: 80, rows: 2_000 }, 400],
        [id, { from: -1 }, 400],
      ] as const
    ) {
      const answer = await tryToAttach(session, path, options);
      assert.ok(answer instanceof Response && answer.status === status, JSON.stringify(options));
      await answer.body?.cancel();
    }
  }));

Deno.test("only the manager may say on whose behalf it asks", () =>
  withFakes(async ({ localFetch, session, list }) => {
    const post = (headers: Record<string, string>) =>
      new Request("http://tunnel/v1/terminals", {
        method: "POST",
        body: '{ "cols": 80, "rows": 24 }',
        headers: { "content-type": "application/json", ...headers },
      });
    await localFetch(post({ "x-farhand-caller": "root" }));
    await session.fetch(post({ "x-farhand-caller": "%E0%A4%A" }));
    await session.fetch(post({}));
    assert.deepEqual((await list()).map(({ actor }) => actor), ["owner", "manager", "manager"]);
  }));

Deno.test("a broken tunnel leaves the terminal as it is", () =>
  withFakes(async ({ shell, attach, list, cut, pty }) => {
    const guest = await shell();
    pty().print("before ");
    await guest.untilText("before");
    cut();
    assert.ok(await guest.over instanceof Error);
    await until(async () => (await list())[0]?.guests.length === 0, "he is gone");
    pty().print("meanwhile");
    const back = await attach(guest.id, { from: guest.position });
    await back.untilText("meanwhile");
    assert.equal(back.text, "meanwhile");
  }));

Deno.test("a stop ends all, tells why, and leaves nothing behind; a new start takes new ones", () =>
  withFakes(async ({ shell, open, stop, start, list, client, clock }) => {
    const guests = [await shell(), await shell()];
    await open();
    await stop();
    for (const guest of guests) {
      assert.equal(await guest.over, null);
      assert.equal(guest.exit?.reason, "the agent is stopping");
    }
    assert.deepEqual([await list(), clock.sleeping], [[], 0]);
    const body = { cols: 80, rows: 24 };
    await assert.rejects(client.call("/v1/terminals", { method: "POST", body }), { code: "unavailable" });
    await start();
    await open();
    assert.equal((await list()).length, 1);
  }));

Deno.test("a stop without time does not wait for a guest", () =>
  withFakes(async ({ shell, stop, pty }) => {
    const guest = await shell({ acknowledges: false });
    pty().print(new Uint8Array(2 * TERMINAL_WINDOW_BYTES));
    await until(() => guest.outputBytes > 0, "it is sent");
    await stop(AbortSignal.abort());
    assert.equal(guest.hasEnded, false);
  }));

Deno.test("the routes describe themselves by the rules of OpenAPI 3.1", () =>
  withFakes(async ({ session }) => {
    const answer = await session.fetch(new Request("http://tunnel/openapi.json"));
    assert.deepEqual(openApiProblems(await answer.json()), []);
  }));
