/** Terminals of a whole agent, as its manager reaches them. */
import assert from "node:assert/strict";
import { agentOf, withBoth } from "../helpers/agent_and_manager.ts";
import { startFakeManager } from "../helpers/fake_manager.ts";
import { IS_LINUX, until } from "../helpers/host.ts";
import { inTempDir } from "../helpers/temp_dir.ts";
import { attach } from "../helpers/terminal_client.ts";
import type { TerminalView } from "../../src/protocol/mod.ts";

const ON = ["policy.terminal=on", "terminal.shell=/bin/sh"];
const BODY = JSON.stringify({ cols: 200, rows: 24 });

Deno.test("a host that does not allow terminals refuses them, and says by which line it would", () =>
  withBoth({}, [], async (manager, agent) => {
    await agent.untilLink("connected");
    for (const [method, path] of [["GET", ""], ["POST", ""], ["DELETE", "/x"], ["GET", "/x/attach"]] as const) {
      const { status, code, msg } = await manager.ask(`/v1/terminals${path}`, {
        method,
        ...(method === "POST" && { body: BODY }),
      });
      assert.deepEqual([status, code], [403, 20_002], method);
      assert.match(msg, /would need the line "policy\.terminal: on"/);
    }
  }));

Deno.test({
  name: "a terminal outlives the connection to the manager, and goes on where it was",
  ignore: !IS_LINUX,
  fn: () =>
    withBoth({}, ON, async (manager, agent) => {
      await agent.untilLink("connected");
      const headers = { "content-type": "application/json", "x-farhand-caller": "alice" };
      const { data } = await manager.ask("/v1/terminals", { method: "POST", body: BODY, headers });
      const { id, actor, user, shell } = data as TerminalView;
      assert.deepEqual([actor, user !== "", shell], ["alice", true, "/bin/sh"]);
      const guest = await attach(await manager.session(), id, { cols: 200, rows: 30, caller: "alice" });
      assert.equal(await guest.run("x=kept; stty size"), "30 200\n");
      manager.drop();
      await guest.over;
      await until(() => manager.proofs.length > 1, "the agent has come back");
      const back = await attach(await manager.session(), id, { from: guest.position, caller: "alice" });
      assert.equal(await back.run("echo $x"), "kept\n");
      assert.equal(back.gaps.length, 0);
      const local = await agent.client.call("/v1/terminals") as { terminals: TerminalView[] };
      assert.equal(local.terminals[0]?.guests[0]?.actor, "alice");
      await assert.rejects(agent.client.call(`/v1/terminals/${id}/attach`), { code: "unsupported" });
      await back.leave();
    }),
});

Deno.test({
  name: "an agent that stops ends its terminals, and says so to who looks at them",
  ignore: !IS_LINUX,
  fn: () =>
    inTempDir(async (dir) => {
      await using manager = startFakeManager();
      await using agent = await agentOf(manager, dir, ...ON);
      await agent.untilLink("connected");
      const { data } = await manager.ask("/v1/terminals", { method: "POST", body: BODY });
      const guest = await attach(await manager.session(), (data as TerminalView).id);
      await guest.run("true");
      await agent.stop();
      assert.equal(await guest.over, null);
      assert.equal(guest.exit?.reason, "the agent is stopping");
    }),
});

Deno.test({
  name: "a reload that takes the right away ends the terminals that are open",
  ignore: !IS_LINUX,
  fn: () =>
    withBoth({}, ON, async (manager, agent) => {
      await agent.untilLink("connected");
      const { data } = await manager.ask("/v1/terminals", { method: "POST", body: BODY });
      const guest = await attach(await manager.session(), (data as TerminalView).id);
      await guest.run("true");
      agent.sets = [...agent.sets, "terminal.max_sessions=1"];
      await agent.reload();
      assert.equal((await manager.ask("/v1/terminals", { method: "POST", body: BODY })).status, 429);
      agent.sets = [...agent.sets, "policy.terminal=off"];
      await agent.reload();
      assert.equal(await guest.over, null);
      assert.equal(guest.exit?.reason, "policy.terminal was turned off on the host");
    }),
});
