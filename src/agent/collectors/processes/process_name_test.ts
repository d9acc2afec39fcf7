import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import { damaged, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { parseStatus, programName } from "./process_name.ts";
import { nameInPasswd } from "./user_names.ts";

Deno.test("the name is the kernel's, and one that it has cut is completed from the program's path", () => {
  assert.equal(programName("/sbin/init\0splash\0", "systemd"), "systemd");
  assert.equal(
    programName("/usr/bin/prometheus-node-exporter\0--web\0", "prometheus-node"),
    "prometheus-node-exporter",
  );
  assert.equal(programName("", "kworker/0:1-events_power"), "kworker/0:1-events_power");
});

Deno.test("nothing of the arguments or of a title becomes part of a name", () => {
  assert.equal(programName("postgres: shop shop 192.0.2.40 SELECT\0", "postmaster"), "postmaster");
  assert.equal(programName("fifteen-letters token=hunter2\0", "fifteen-letters"), "fifteen-letters");
  assert.equal(programName("fifteen-letters:hunter2\0", "fifteen-letters"), "fifteen-letters");
  fc.assert(fc.property(fc.string({ minLength: 9 }), (secret) => {
    const name = programName(`/opt/fifteen-letters-and-more\0--password\0hunter2${secret}`, "fifteen-letters");
    assert.equal(name, "fifteen-letters-and-more");
  }));
});

Deno.test("a name has no control characters, and an end", () => {
  assert.equal(programName("", "a\u001b[31mb"), "a?[31mb");
  assert.equal(programName(`/bin/${"x".repeat(999)}`, "x".repeat(15))?.length, 200);
  assert.equal(programName("", undefined), null);
  assert.equal(programName("", ""), null);
});

Deno.test("the status tells the name and the user whose rights a process has", () => {
  assert.deepEqual(parseStatus("Name:\tsshd\nUmask:\t0022\nUid:\t0\t1000\t0\t1000\nGid:\t0\t0\t0\t0\n"), {
    command: "sshd",
    uid: 1000,
  });
  assert.deepEqual(parseStatus("Name:\tx\nUid:\t0\n"), { command: "x" });
  assert.deepEqual(parseStatus(""), {});
});

Deno.test("a user's name is that of the first account with the number", () => {
  const passwd =
    "root:x:0:0::/root:/bin/sh\ngames:x:5:60::/:/bin/sh\nbackdoor:x:0:0::/:/bin/sh\n+nis:x:9:9::/:\nbad\n:x:7:7::\n";
  assert.equal(nameInPasswd(passwd, 0), "root");
  assert.equal(nameInPasswd(passwd, 5), "games");
  for (const uid of [60, 7, 9, 12]) assert.equal(nameInPasswd(passwd, uid), null);
});

Deno.test("damaged files make no name that could not be one", () => {
  const status = hostText("vm", "proc/3922/status");
  const cmdline = hostText("vm", "proc/3922/cmdline");
  const passwd = hostText("centos7", "root/etc/passwd");
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    const { command, uid } = parseStatus(damaged(status, damages));
    assert.ok(uid === undefined || (Number.isSafeInteger(uid) && uid >= 0));
    const name = programName(damaged(cmdline, damages), command);
    // deno-lint-ignore no-control-regex
    assert.ok(name === null || (name !== "" && !/[\u0000-\u001f\u007f]/.test(name)));
    assert.ok(!/[\s:]/.test(nameInPasswd(damaged(passwd, damages), 26) ?? ""));
  }));
});
