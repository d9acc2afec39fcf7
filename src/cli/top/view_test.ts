import assert from "node:assert/strict";
import fc from "fast-check";
import { allReadings, processes, reading } from "../../../tests/helpers/host_readings.ts";
import type { CollectorReading } from "../../protocol/mod.ts";
import { displayWidth } from "../safe_text.ts";
import { paintLine } from "./lines.ts";
import { Readings } from "./readings.ts";
import { viewLines, type ViewOptions } from "./view.ts";

const OPTIONS: ViewOptions = { width: 80, height: 23, sort: "cpu", rows: Infinity };

function stateOf(readings: readonly CollectorReading[]): Readings {
  const state = new Readings();
  for (const each of readings) state.add(each);
  return state;
}

function shown(readings: readonly CollectorReading[], options: Partial<ViewOptions> = {}): string[] {
  const all = { ...OPTIONS, ...options };
  return viewLines(stateOf(readings), all).map((line) => paintLine(line, all.width, false));
}

/** The readings with one collector's left out or in place of another. */
const without = (name: string) => allReadings().filter(({ collector }) => collector !== name);
const instead = (changed: CollectorReading) => [...without(changed.collector), changed];

const CALM = ["watch/site", "exec/backup", "container"];
const calm = () => allReadings().filter(({ collector }) => !CALM.includes(collector));

Deno.test("a usual host on a usual screen", () => {
  assert.equal(
    shown(calm()).join("\n"),
    `web-1  up 3d4h  Debian GNU/Linux 12  Linux 6.1.0-18-amd64  x86_64  kvm
4 cores  load 0.52 0.40 0.38  processes 212  tcp 12 established  61 °C
CPU  [||||||            ]  34.5 %  user 20.1  system 10.2  iowait 4.2  steal 0.0
Mem  [|||||||||||       ]  61.3 %  4.9 GB of 8.0 GB  available 3.1 GB
Swap [|                 ]   5.0 %  100.0 MB of 2.0 GB
waiting for  cpu 1.2 %  memory 0.0 %  disks 13.4 %
MOUNT       USED %      SIZE     AVAIL  TYPE
/nfs             -         -         -  stuck: no answer for 12 s
/data         95.0  100.0 GB    5.0 GB  ext4
… 3 more
DISK    READ/s   WRITE/s  BUSY %
sda     1.2 MB   56.7 MB    91.2
sdb          -         -       -
NETWORK      IN/s     OUT/s   ERR/s  STATE
eth0       1.5 kB    2.5 MB     0.5  up 10.0.0.2/24
eth1            -         -       -  down
SUPERVISED      PID   CPU %    MEMORY  THREADS  PROCESSES
shop            900    12.5  250.0 MB       12          3
    PID  USER         CPU %    MEMORY  THREADS  PROCESS (by CPU)
   1000  app           90.0   10.0 MB        4  worker-0
   1001  app           89.0   20.0 MB        4  worker-1
   1002  app           88.0   30.0 MB        4  worker-2
   1003  app           87.0   40.0 MB        4  worker-3`,
  );
});

Deno.test("what fails stands near the top: checks that are down, commands, collectors; an unknown state does not", () => {
  const state = stateOf(allReadings());
  const counts = { runs: 1, failures: 1 };
  const states = ["ok", "failed", "partial", "unsupported", "disabled", "waiting"] as const;
  state.collectors = states.map((each) => ({ name: each, state: each, ...counts }));
  const lines = viewLines(state, OPTIONS).map((line) => paintLine(line, 80, false));
  assert.deepEqual(lines.slice(6, 10), [
    "limits  memory 930.0 MB of 1.0 GB  cpu of 2.0 cores",
    "2 collectors report problems: agent collectors",
    "FAIL  watch/site  http https://example.com/ is down: status 503",
    "FAIL  exec/backup  failed: exit code 1",
  ]);
  assert.equal(lines.filter((line) => line.startsWith("FAIL")).length, 2);
});

Deno.test("what was not measured is a dash, and no line at all where there is nothing to say", () => {
  assert.deepEqual(shown([reading("cpu", { cores: [], logicalCores: 1 })]), [
    "-  up -",
    "1 core  load -",
    "CPU  [                  ]       -  user -  system -  iowait -  steal -",
    "Mem  [                  ]       -  - of -  available -  cached -",
  ]);
  const bare = [
    reading("memory", { totalBytes: 8e9, swapTotalBytes: 0 }),
    reading("disk", {
      mounts: [{ mountPoint: "/", device: "x", type: "ext4", readOnly: false }],
      devices: [{ name: "sda" }],
    }),
    reading("network", { interfaces: [{ name: "lo", addresses: [] }] }),
    reading("container", { cgroupVersion: 2 }),
    reading("pressure", {}),
    reading("processes", {
      total: 1,
      states: {},
      topByCpu: [{ pid: 1, name: "init" }],
      topByMemory: [],
      supervised: [{ id: "a", pid: 2, processes: 1 }],
    }),
  ];
  const text = shown(bare, { height: Infinity }).slice(3).join("\n");
  assert.equal(
    text,
    `Mem  [                  ]       -  - of 8.0 GB  available -  cached -

MOUNT  USED %      SIZE     AVAIL  TYPE
/           -         -         -  ext4

DISK    READ/s   WRITE/s  BUSY %
sda          -         -       -

NETWORK      IN/s     OUT/s   ERR/s  STATE
lo              -         -       -  -

SUPERVISED      PID   CPU %    MEMORY  THREADS  PROCESSES
a                 2       -         -        -          1

    PID  USER         CPU %    MEMORY  THREADS  PROCESS (by CPU)
      1  -                -         -        -  init`,
  );
});

Deno.test("mounts that do not answer come first, then the fullest, and those that are mounted elsewhere last", () => {
  const lines = shown(calm(), { height: Infinity });
  const first = lines.findIndex((line) => line.startsWith("MOUNT"));
  const mounts = lines.slice(first + 1, first + 6).map((line) => line.split(/ +/, 2).join(" "));
  assert.deepEqual(mounts, ["/nfs -", "/data 95.0", "/ 40.0", "/boot 20.0", "/run/netns 99.0"]);
});

Deno.test("processes come by processor or by memory, and no more of them than asked for", () => {
  const names = (options: Partial<ViewOptions>) =>
    shown(calm(), { height: Infinity, ...options }).flatMap((line) => / (worker-\d+)$/.exec(line)?.[1] ?? []);
  assert.deepEqual(names({ rows: 3 }), ["worker-0", "worker-1", "worker-2"]);
  assert.deepEqual(names({ rows: 2, sort: "memory" }), ["worker-9", "worker-8"]);
  assert.equal(names({}).length, 10);
  assert.equal(shown(calm(), { rows: 0 }).some((line) => line.includes("PROCESS (")), false);
});

Deno.test("a small screen shows what matters most, a wide one puts tables next to each other", () => {
  assert.deepEqual(shown(calm(), { width: 40, height: 3 }), [
    "web-1  up 3d4h  Debian GNU/Linux 12",
    "CPU  [|||     ]  34.5 %  user 20.1",
    "Mem  [|||||   ]  61.3 %",
  ]);
  const wide = shown(calm(), { width: 140, height: 60 });
  assert.ok(wide.some((line) => /^MOUNT .* DISK /.test(line)));
  assert.ok(wide.some((line) => /^NETWORK .* SUPERVISED /.test(line)));
  assert.ok(wide.some((line) => line.startsWith(`Mem  [${"|".repeat(37)}${" ".repeat(23)}]`)));
});

Deno.test("what the host says cannot leave its place", () => {
  const hostile = "evil\x1b[2J\x1b]0;owned\x07\u202e\r\n\t\u009b1mname";
  const mount = { mountPoint: hostile, device: hostile, type: hostile, readOnly: false };
  const use = { pid: 1, name: hostile, user: hostile };
  const readings = [
    reading("host", {
      ...(allReadings()[0]?.sample as object),
      hostname: hostile,
      os: { name: hostile },
    }),
    reading("disk", { mounts: [mount], devices: [{ name: hostile }] }),
    reading("network", { interfaces: [{ name: hostile, state: hostile, addresses: [hostile] }] }),
    reading("processes", {
      total: 1,
      states: {},
      topByCpu: [use],
      topByMemory: [],
      supervised: [{ id: hostile, pid: 1, processes: 1 }],
    }),
    reading("watch/x", { name: hostile, type: "tcp", target: hostile, up: false, reason: hostile }),
  ];
  const lines = viewLines(stateOf(readings), { ...OPTIONS, width: 200, height: Infinity });
  const text = lines.map((line) => paintLine(line, 200, false));
  assert.ok(text.join("").split("evil?[2J?]0;owned?????").length > 11);
  for (const line of text) assert.match(line, /^[^\p{Cc}\p{Cf}]*$/u);
});

Deno.test("whatever is known and whatever the screen, the view fits", () => {
  const some = fc.subarray([...allReadings(), processes(50)]);
  const size = fc.tuple(fc.integer({ min: 1, max: 250 }), fc.integer({ min: 0, max: 70 }));
  fc.assert(fc.property(some, size, (readings, [width, height]) => {
    const lines = viewLines(stateOf(readings), { ...OPTIONS, width, height });
    assert.ok(lines.length <= height);
    for (const line of lines) assert.ok(displayWidth(paintLine(line, width, false)) <= width);
  }));
});

Deno.test("any one collector may be missing", () => {
  for (const { collector } of allReadings()) assert.ok(shown(without(collector)).length > 4, collector);
  assert.ok(shown(instead(reading("disk", { mounts: [], devices: [] }))).length > 4);
});
