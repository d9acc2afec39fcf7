/** Trees of /proc and /sys of a host that is larger than the one at hand, for benchmarks. Nothing in them was captured. */
import { join } from "node:path";

export interface HostSize {
  readonly processes: number;
  readonly mounts: number;
  readonly interfaces: number;
}

export interface SyntheticHost {
  readonly proc: string;
  readonly sys: string;
  readonly root: string;
}

/** A captured host, for the files that do not grow with it. */
const BASE = join(import.meta.dirname ?? "", "../tests/fixtures/hosts/vm");
const FIRST_PID = 300;
/** The attributes of an interface that exporters read, with values as the kernel writes them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  addr_assign_type: "0",
  addr_len: "6",
  address: "02:00:00:00:00:01",
  broadcast: "ff:ff:ff:ff:ff:ff",
  carrier: "1",
  carrier_changes: "2",
  carrier_down_count: "1",
  carrier_up_count: "1",
  dev_id: "0x0",
  dormant: "0",
  duplex: "full",
  flags: "0x1003",
  ifalias: "",
  iflink: "2",
  link_mode: "0",
  mtu: "1500",
  name_assign_type: "4",
  netdev_group: "0",
  operstate: "up",
  proto_down: "0",
  speed: "10000",
  tx_queue_len: "1000",
  type: "1",
};

export async function createSyntheticHost(dir: string, size: HostSize): Promise<SyntheticHost> {
  const host = { proc: join(dir, "proc"), sys: join(dir, "sys"), root: join(dir, "root") };
  await copyTree(join(BASE, "proc"), host.proc);
  await copyTree(join(BASE, "sys"), host.sys);
  await Deno.mkdir(host.root, { recursive: true });
  await writeProcesses(host.proc, size.processes);
  await writeMounts(host, size.mounts);
  await writeInterfaces(host, size.interfaces);
  return host;
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

async function writeProcesses(proc: string, count: number): Promise<void> {
  for (let pid = FIRST_PID; pid < FIRST_PID + count; pid++) {
    const dir = join(proc, String(pid));
    await Deno.mkdir(dir, { recursive: true });
    const fields = `S 1 ${pid} ${pid} 0 -1 4194560 900 0 0 0 ${pid % 97} 12 0 0 20 0 4 0 ${pid * 3} 210000000 ${
      pid % 5000
    }`;
    const rest = "18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
    await Deno.writeTextFile(join(dir, "stat"), `${pid} (worker ${pid}) ${fields} ${rest}\n`);
    await Deno.writeTextFile(join(dir, "cmdline"), `/usr/bin/worker\0--number\0${pid}\0`);
    await Deno.writeTextFile(join(dir, "status"), `Name:\tworker\nUid:\t1000\t1000\t1000\t1000\n`);
  }
}

async function writeMounts({ proc, root }: SyntheticHost, count: number): Promise<void> {
  let mounts = "/dev/vda / ext4 rw,relatime 0 0\n";
  let disks = "";
  for (let number = 0; number < count; number++) {
    mounts += `/dev/mapper/vg-data${number} /data/${number} xfs rw,relatime 0 0\n`;
    disks += ` 253 ${number} dm-${number} ${4000 + number} 12 90000 800 5000 40 120000 900 0 700 1700 0 0 0 0 3 1\n`;
    await Deno.mkdir(join(root, "data", String(number)), { recursive: true });
  }
  await Deno.mkdir(join(proc, "1"), { recursive: true });
  await Deno.writeTextFile(join(proc, "1", "mounts"), mounts);
  await Deno.writeTextFile(join(proc, "diskstats"), disks);
}

async function writeInterfaces({ proc, sys }: SyntheticHost, count: number): Promise<void> {
  let dev = "Inter-|   Receive                                                |  Transmit\n" +
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
  for (let number = 0; number < count; number++) {
    const name = `eth${number}`;
    dev += `${name}: ${1_000_000 + number} 2000 0 1 0 0 0 5 ${700_000 + number} 1500 0 0 0 0 0 0\n`;
    const dir = join(sys, "class", "net", name);
    await Deno.mkdir(dir, { recursive: true });
    for (const [attribute, value] of Object.entries({ ...ATTRIBUTES, ifindex: String(number + 2) })) {
      await Deno.writeTextFile(join(dir, attribute), `${value}\n`);
    }
  }
  await Deno.mkdir(join(proc, "net"), { recursive: true });
  await Deno.writeTextFile(join(proc, "net", "dev"), dev);
}
