import assert from "node:assert/strict";
import { startScript } from "./testing.ts";

const ignore = Deno.build.os === "windows";

Deno.test({ name: "each signal means what it should, until listening stops", ignore }, async () => {
  await using script = startScript(`
    let stop = () => {};
    const handlers = {
      terminate: (signal) => console.log("terminate " + signal),
      reload: () => console.log("reload"),
      reopen: () => { stop(); stop(); console.log("stopped"); },
    };
    stop = platform.onSignal(handlers);
    setInterval(() => {}, 1_000);
    console.log("ready");`);
  assert.equal(await script.nextLine(), "ready");
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT", "SIGTERM"] as const) {
    script.kill(signal);
    assert.equal(await script.nextLine(), `terminate ${signal}`);
  }
  script.kill("SIGHUP");
  assert.equal(await script.nextLine(), "reload");
  script.kill("SIGUSR2");
  assert.equal(await script.nextLine(), "stopped");
  script.kill("SIGTERM");
  assert.equal((await script.status).signal, "SIGTERM");
});

Deno.test({ name: "a new size of the terminal is told of, until listening stops", ignore }, async () => {
  await using script = startScript(`
    let sizes = 0;
    const stop = platform.onTerminalResize(() => {
      console.log("resized");
      if (++sizes === 2) stop();
    });
    Deno.addSignalListener("SIGHUP", () => console.log("still there"));
    setInterval(() => {}, 1_000);
    console.log("ready");`);
  assert.equal(await script.nextLine(), "ready");
  for (let round = 0; round < 2; round++) {
    script.kill("SIGWINCH");
    assert.equal(await script.nextLine(), "resized");
  }
  script.kill("SIGWINCH");
  script.kill("SIGHUP");
  assert.equal(await script.nextLine(), "still there");
});
