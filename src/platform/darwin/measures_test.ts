import assert from "node:assert/strict";
import { darwinMeasures } from "./measures.ts";

const onMac = Deno.build.os === "darwin";

Deno.test({ name: "elsewhere than on a Mac each measure fails when it is asked, not before", ignore: onMac }, () => {
  for (const name of ["coreTimes", "pageCounts", "swapUse", "interfaceCounters", "allProcesses"] as const) {
    assert.throws(() => darwinMeasures[name](), /libSystem/);
  }
});

Deno.test({ name: "on a Mac each measure gives something that can be", ignore: !onMac }, () => {
  assert.ok((darwinMeasures.sysctlNumber("hw.memsize") ?? 0) > 2 ** 30);
  assert.equal(darwinMeasures.coreTimes().length, darwinMeasures.sysctlNumber("hw.logicalcpu"));
  const { pageBytes, free } = darwinMeasures.pageCounts();
  assert.ok(free > 0 && (pageBytes === 4096 || pageBytes === 16_384));
  assert.ok((darwinMeasures.bootTimeMs() ?? Infinity) < Date.now());
  assert.notEqual(darwinMeasures.swapUse()?.totalBytes, undefined);
  assert.ok(
    darwinMeasures.knownMounts().some(({ mountPoint, sizeBytes }) => mountPoint === "/" && (sizeBytes ?? 0) > 0),
  );
  assert.ok(darwinMeasures.interfaceCounters().some(({ name }) => name === "lo0"));
  const self = darwinMeasures.processFacts(Deno.pid);
  assert.ok(self?.use !== undefined && (self.use.cpuSeconds ?? 0) > 0 && (self.use.startedMs ?? 0) < Date.now());
  assert.ok(darwinMeasures.allProcesses().some(({ pid }) => pid === Deno.pid));
  assert.ok((darwinMeasures.openFileCount(Deno.pid) ?? 0) >= 3);
  assert.equal(darwinMeasures.accountName(0), "root");
  assert.match(darwinMeasures.hostUuid() ?? "", /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  assert.ok(Array.isArray(darwinMeasures.sessions()));
});
