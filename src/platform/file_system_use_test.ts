import assert from "node:assert/strict";
import { AppError } from "../core/mod.ts";
import { fileSystemUse } from "./file_system_use.ts";
import { freeSpaceBytes } from "./host_facts.ts";

const onLinux = Deno.build.os === "linux";

Deno.test({ name: "the use of a file system adds up", ignore: !onLinux }, async () => {
  const { sizeBytes = 0, usedBytes = -1, freeBytes = -1, availableBytes = -1 } = await fileSystemUse("/");
  assert.ok(sizeBytes > 0);
  assert.equal(usedBytes + freeBytes, sizeBytes);
  assert.ok(availableBytes >= 0 && availableBytes <= freeBytes);
});

Deno.test({ name: "available space is what the runtime itself finds", ignore: !onLinux }, async () => {
  const { availableBytes = 0 } = await fileSystemUse("/proc"); // of which nobody writes a byte between the two calls
  assert.equal(availableBytes, await freeSpaceBytes("/proc"));
});

Deno.test({ name: "a path that does not exist is named with the reason", ignore: !onLinux }, async () => {
  await assert.rejects(fileSystemUse("/no/such/mount point"), (error) => {
    assert.ok(error instanceof AppError && error.code === "unavailable");
    assert.equal(error.message, "Cannot read the use of /no/such/mount point: No such file or directory");
    return true;
  });
});

Deno.test({ name: "many calls at a time each get their own answer", ignore: !onLinux }, async () => {
  const uses = await Promise.all(Array.from({ length: 50 }, (_, index) => fileSystemUse(index % 2 ? "/proc" : "/")));
  uses.forEach((use, index) => assert.equal(use.sizeBytes === 0, index % 2 === 1));
});
