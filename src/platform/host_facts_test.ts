import assert from "node:assert/strict";
import { AppError } from "../core/mod.ts";
import { clockSynchronised, freeSpaceBytes, isPrivileged, openFileLimit } from "./host_facts.ts";

const onLinux = Deno.build.os === "linux";

Deno.test({ name: "the limit of open files is the one that the kernel shows", ignore: !onLinux }, async () => {
  const limits = await Deno.readTextFile("/proc/self/limits");
  const [, soft, hard] = /^Max open files +(\S+) +(\S+)/m.exec(limits) ?? [];
  const number = (text?: string) => text === "unlimited" ? Infinity : Number(text);
  assert.deepEqual(openFileLimit(), { soft: number(soft), hard: number(hard) });
});

Deno.test({ name: "root is privileged, and nobody else", ignore: Deno.build.os === "windows" }, () => {
  assert.equal(isPrivileged(), Deno.uid() === 0);
});

Deno.test("the clock is synchronised, or not, or nobody knows", () => {
  assert.ok([true, false, null].includes(clockSynchronised()));
});

Deno.test("free space is a number of bytes, of a path that exists", async () => {
  const free = await freeSpaceBytes(await Deno.realPath("."));
  assert.ok(Number.isSafeInteger(free) && free >= 0);
  await assert.rejects(
    freeSpaceBytes("/no/such/dir"),
    (error) => error instanceof AppError && error.code === "not_found",
  );
});
