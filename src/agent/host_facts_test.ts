import assert from "node:assert/strict";
import { configIn } from "../../tests/helpers/loaded_config.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { type CollectorReading, hostFacts } from "../protocol/mod.ts";
import { hostFactsOf } from "./host_facts.ts";

const samples: Readonly<Record<string, unknown>> = {
  host: {
    os: { name: "Debian GNU/Linux", version: "12 (bookworm)" },
    kernel: { release: "6.1.0" },
    machineId: "0123456789abcdef".repeat(8),
  },
  disk: {
    mounts: [
      { device: "/dev/sda1", mountPoint: "/", sizeBytes: 100 },
      { device: "/dev/sda1", mountPoint: "/home", sizeBytes: 100 },
      { device: "/dev/sdb1", mountPoint: "/data", sizeBytes: 50 },
      { device: "tmpfs", mountPoint: "/run", sizeBytes: 7 },
    ],
  },
};

/** Collectors that have made these readings. */
function collectors(names: readonly string[]) {
  return {
    latest: (wants: (name: string) => boolean) =>
      names.filter(wants).map((name) => ({ collector: name, sample: samples[name] }) as CollectorReading),
  };
}

Deno.test("what a host says of itself is what it has measured and what its owner allows", () =>
  inTempDir(async (dir) => {
    const { config: { policy } } = await configIn(dir, "policy.exec=on", "policy.files=read");
    const facts = hostFactsOf(collectors(["host", "disk"]), policy, "192.0.2.7");
    assert.deepEqual(hostFacts().parse(facts), facts);
    const { osName, kernel, machineId, diskTotalBytes, address } = facts;
    assert.deepEqual({ osName, kernel, diskTotalBytes, address }, {
      ...{ osName: "Debian GNU/Linux 12 (bookworm)", kernel: "6.1.0", diskTotalBytes: 150, address: "192.0.2.7" },
    });
    assert.equal(machineId?.length, 64);
    assert.deepEqual([facts.policy?.["exec"], facts.policy?.["files"], facts.policy?.["terminal"]], [
      "on",
      "read",
      "off",
    ]);
  }));

Deno.test("what is not known yet is absent", () =>
  inTempDir(async (dir) => {
    const { config: { policy } } = await configIn(dir);
    const facts = hostFactsOf(collectors([]), policy, "");
    for (const key of ["osName", "kernel", "machineId", "diskTotalBytes", "address"]) {
      assert.equal(key in facts, false, key);
    }
    assert.deepEqual(hostFacts().parse(facts), facts);
  }));
