import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import { badNumbers, damaged, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { parseCpuinfo } from "./cpuinfo.linux.ts";
import { parseCoreList } from "./core_files.linux.ts";
import { parseProcStat } from "./proc_stat.linux.ts";
import { parseSchedstat } from "./schedstat.linux.ts";

Deno.test("ticks become seconds, and each other line gives its number", () => {
  const stat = parseProcStat(hostText("loaded", "proc/stat"));
  assert.deepEqual(stat.total, {
    user: 76.85,
    nice: 0,
    system: 73.25,
    idle: 2915,
    iowait: 6.4,
    irq: 0,
    softirq: 1.08,
    steal: 0.28,
    guest: 0,
    guestNice: 0,
  });
  assert.deepEqual(stat.cores.map(({ id }) => id), ["0", "1"]);
  assert.equal(stat.cores[1]?.times?.softirq, 0.96);
  assert.equal(stat.bootSeconds, 1_795_247_468);
});

Deno.test("modes that a kernel does not count are absent, further ones do not matter", () => {
  const old = parseProcStat("cpu  100 200 300 400\n").total;
  assert.deepEqual([old?.user, old?.idle, old?.iowait, old?.guestNice], [1, 4, undefined, undefined]);
  const late = parseProcStat("cpu 1 2 3 4 5 6 7 8 9 10 11 12\n").total;
  assert.equal(late?.guestNice, 0.1);
});

Deno.test("of the interrupts only the sum is read", () => {
  assert.equal(parseProcStat("intr 255234 0 0 x 7\n").interrupts, 255_234);
  assert.equal(parseProcStat("intr 255234\n").interrupts, 255_234);
  assert.equal(parseProcStat("intr").interrupts, undefined);
});

Deno.test("a field that makes no sense is absent; without user, system and idle there are no times", () => {
  assert.equal(parseProcStat("cpu 1 x 3 4 5\n").total?.nice, undefined);
  assert.equal(parseProcStat("cpu 1 2 3 x 5\n").total, undefined);
  assert.deepEqual(parseProcStat("cpux 1 2 3 4\ncpu-1 1 2 3 4\n").cores, []);
});

Deno.test("128 cores are all there", () => {
  const { cores, total } = parseProcStat(hostText("server128", "proc/stat"));
  assert.equal(cores.length, 128);
  assert.equal(cores.at(-1)?.id, "127");
  const sum = cores.reduce((seconds, { times }) => seconds + (times?.user ?? NaN), 0);
  assert.ok(Math.abs(sum - (total?.user ?? 0)) < 0.01);
});

Deno.test("a core's last three numbers are the scheduler's, whatever the version", () => {
  const scheduled = parseSchedstat(hostText("arm64_board", "proc/schedstat"));
  assert.deepEqual([...scheduled.keys()], ["0", "1", "2", "3"]);
  assert.deepEqual(scheduled.get("1"), {
    runningSeconds: 1000.001234567,
    waitingSeconds: 111.118765432,
    timeslices: 987_655,
  });
  assert.equal(parseSchedstat(hostText("server128", "proc/schedstat")).size, 128);
  assert.equal(parseSchedstat("cpu0 0 0 0 0 0 0 1 2\ncpu1\ncpu2").size, 0);
});

Deno.test("a processor's name, vendor and places are found", () => {
  const info = parseCpuinfo(hostText("server128", "proc/cpuinfo"));
  assert.equal(info.model, "AMD EPYC 7763 64-Core Processor");
  assert.equal(info.vendor, "AuthenticAMD");
  assert.deepEqual(info.places.get("65"), { packageId: "1", coreId: "1" });
});

Deno.test("processors of arm64 are named by their numbers, two kinds by both", () => {
  const board = parseCpuinfo(hostText("arm64_board", "proc/cpuinfo"));
  assert.equal(board.model, "Cortex-A72");
  assert.equal(board.vendor, "ARM");
  const core = (processor: number, part: string) =>
    `processor\t: ${processor}\nCPU implementer\t: 0x41\nCPU part\t: ${part}\n\n`;
  assert.equal(parseCpuinfo(core(0, "0xd05") + core(1, "0xd0b")).model, "Cortex-A55 + Cortex-A76");
});

Deno.test("an unknown processor is known by its board, and by nothing without one", () => {
  const core = "processor\t: 0\nCPU implementer\t: 0x99\nCPU part\t: 0x123\n\n";
  assert.equal(parseCpuinfo(`${core}Model\t\t: Some Board Rev 2\n`).model, "Some Board Rev 2");
  assert.equal(parseCpuinfo(core).model, undefined);
  assert.equal(parseCpuinfo(core).vendor, undefined);
});

Deno.test("a set of cores is read in the kernel's form", () => {
  assert.deepEqual([...parseCoreList("0-2,8\n")], [0, 1, 2, 8]);
  for (const text of ["", "\n", "x", "3-1", "0-99999999999", "-2"]) assert.equal(parseCoreList(text).size, 0, text);
});

const PARSERS = [
  ["proc/stat", parseProcStat],
  ["proc/schedstat", parseSchedstat],
  ["proc/cpuinfo", parseCpuinfo],
] as const;

for (const [path, parse] of PARSERS) {
  Deno.test(`a damaged ${path} never makes a number that cannot be`, () => {
    const whole = hostText("centos7", path);
    fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
      assert.deepEqual(badNumbers(parse(damaged(whole, damages))), []);
    }));
  });
}

Deno.test("whatever a set of cores is said to be, it is of whole numbers and not endless", () => {
  fc.assert(fc.property(fc.stringMatching(/^[0-9,\- x]{0,40}$/), (text) => {
    for (const core of parseCoreList(text)) assert.ok(Number.isInteger(core) && core >= 0);
  }));
});
