import assert from "node:assert/strict";
import fc from "fast-check";
import { cStruct, type Member, mutated } from "../../../tests/helpers/c_struct.ts";
import { parseShortInfo, parseTaskAllInfo } from "./processes.ts";

const SRUN = 2;
const SSTOP = 4;
const SZOMB = 5;

/** struct proc_taskallinfo of <sys/proc_info.h>, member by member. */
function taskAllInfo(status: number, name: string, running: number): readonly Member[] {
  return [
    ["u32", 0x4014], // pbi_flags
    ["u32", status],
    ["u32"], // pbi_xstatus
    ["u32", 321], // pbi_pid
    ["u32", 1], // pbi_ppid
    ["u32", 501], // pbi_uid
    ["u32", 20], // pbi_gid
    ["u32", 502], // pbi_ruid
    ["u32", 21],
    ["u32", 503], // pbi_svuid
    ["u32", 22],
    ["u32"], // rfu_1
    ["char[16]", "long-command-nam"], // pbi_comm
    ["char[32]", name], // pbi_name
    ["u32", 42], // pbi_nfiles
    ["u32", 321], // pbi_pgid
    ["u32"], // pbi_pjobc
    ["u32"], // e_tdev
    ["u32"], // e_tpgid
    ["u32"], // pbi_nice
    ["u64", 1_700_000_000], // pbi_start_tvsec
    ["u64", 123_456], // pbi_start_tvusec
    ["u64", 400_000_000_000], // pti_virtual_size
    ["u64", 50_000_000], // pti_resident_size
    ["u64", 2 ** 24], // pti_total_user
    ["u64", 2 ** 23], // pti_total_system
    ["u64", 1], // pti_threads_user
    ["u64", 2], // pti_threads_system
    ["u32", 1], // pti_policy
    ["u32", 3], // pti_faults
    ["u32", 4], // pti_pageins
    ["u32", 5], // pti_cow_faults
    ["u32", 6], // pti_messages_sent
    ["u32", 7], // pti_messages_received
    ["u32", 8], // pti_syscalls_mach
    ["u32", 9], // pti_syscalls_unix
    ["u32", 10], // pti_csw
    ["u32", 11], // pti_threadnum
    ["u32", running], // pti_numrunning
    ["u32", 31], // pti_priority
  ];
}

/** struct proc_bsdshortinfo of the same header. */
function shortInfo(status: number): readonly Member[] {
  return [
    ["u32", 77], // pbsi_pid
    ["u32", 1], // pbsi_ppid
    ["u32", 77], // pbsi_pgid
    ["u32", status],
    ["char[16]", "launchd"],
    ["u32", 0x10], // pbsi_flags
    ["u32", 0], // pbsi_uid
    ...Array.from({ length: 6 }, (): Member => ["u32", 9]),
  ];
}

/** No processor's, but exact in binary. */
const UNIT_SECONDS = 2 ** -24;
const FULL = cStruct(taskAllInfo(SRUN, "a long name of a program", 1));

Deno.test("a process stands where Apple's header puts it", () => {
  assert.equal(FULL.length, 232);
  assert.deepEqual(parseTaskAllInfo(FULL, UNIT_SECONDS), {
    pid: 321,
    parent: 1,
    uid: 501,
    name: "a long name of a program",
    state: "running",
    use: {
      startedMs: 1_700_000_000_123,
      virtualBytes: 400_000_000_000,
      rssBytes: 50_000_000,
      cpuSeconds: 1.5,
      threads: 11,
    },
  });
});

Deno.test("the state of a living process is that of its threads", () => {
  const state = (status: number, running: number) =>
    parseTaskAllInfo(cStruct(taskAllInfo(status, "", running)), 1)?.state;
  assert.equal(state(SRUN, 0), "sleeping");
  assert.equal(state(SRUN, 2), "running");
  assert.equal(state(SSTOP, 0), "stopped");
});

Deno.test("without a name of its own a process has that of its command, all 16 bytes of it", () => {
  assert.equal(parseTaskAllInfo(cStruct(taskAllInfo(SRUN, "", 0)), 1)?.name, "long-command-nam");
});

Deno.test("of another user's process little is known, but whether it has ended", () => {
  const bytes = cStruct(shortInfo(SRUN));
  assert.equal(bytes.length, 64);
  assert.deepEqual(parseShortInfo(bytes), { pid: 77, parent: 1, uid: 0, name: "launchd", state: "unknown" });
  assert.equal(parseShortInfo(cStruct(shortInfo(SZOMB)))?.state, "zombie");
});

Deno.test("whatever the bytes are, numbers are finite and not negative", () => {
  const change = fc.array(fc.tuple(fc.nat(240), fc.nat(255)), { maxLength: 30 });
  fc.assert(fc.property(fc.integer({ min: 50, max: 240 }), change, (length, changes) => {
    const bytes = mutated(FULL, length, changes);
    const process = parseTaskAllInfo(bytes, UNIT_SECONDS) ?? parseShortInfo(bytes);
    for (const value of Object.values({ ...process, ...process?.use })) {
      if (typeof value === "number") assert.ok(value >= 0 && Number.isFinite(value));
    }
  }));
});
