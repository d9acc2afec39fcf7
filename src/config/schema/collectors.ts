import * as z from "zod/mini";
import { watchProblem } from "../watch_target.ts";
import {
  byteSize,
  choice,
  duration,
  key,
  list,
  mapping,
  nonEmptyText,
  onOff,
  optionalPath,
  path,
  section,
  text,
  wholeNumber,
} from "./values.ts";

const DEFAULT_INTERVAL = "60s";
/** What looks at every process, or changes seldom, keeps to this unless it is told otherwise itself. */
const PROCESSES_INTERVAL = "60s";
const HOST_INTERVAL = "5m";
const MAX_ITEMS = 1000;

export function collectorsSection() {
  return section({
    interval: key(collectorInterval(), DEFAULT_INTERVAL, "How often each collector reads, unless it says otherwise."),
    roots: section({
      proc: key(path(["/host/proc"]), "/proc", "Where the kernel's /proc is."),
      sys: key(path(["/host/sys"]), "/sys", "Where the kernel's /sys is."),
      root: key(path(["/host"]), "/", "Where the host's file system is."),
    }, "For an agent in a container that watches its host (Linux)."),
    history: section({
      max_size: key(byteSize("64KiB"), "4MiB", "Memory for the past: 1 hour at the interval, 24 hours by the minute."),
    }, "What is remembered."),
    cpu: plain("Processor use."),
    load: plain("Load averages."),
    pressure: plain("Time lost in waiting for processor, memory and disks (Linux)."),
    memory: plain("Memory and swap use."),
    disk: section({
      ...everyCollector(),
      mount_points: key(names(["/", "/data/*"]), [], "Mount points to report; empty for all real file systems."),
      exclude_mount_points: key(names(["/mnt/backup*"]), [], "Mount points to leave out."),
      exclude_types: key(names(["squashfs"]), [], "Types of file systems to leave out, besides those of the kernel."),
      devices: key(names(["sd*"]), [], "Disks to report; empty for all but RAM disks, loops and partitions."),
      exclude_devices: key(names(["dm-*"]), [], "Disks to leave out."),
    }, "File systems and disks."),
    network: section({
      ...everyCollector(),
      interfaces: key(names(["eth0", "en*"]), [], "Network interfaces to report; empty for all real ones."),
      exclude_interfaces: key(names(["veth*"]), ["veth*", "cali*", "lxc*"], "Network interfaces to leave out."),
    }, "Network interfaces, connections and protocols."),
    processes: section({
      ...everyCollector({ own: PROCESSES_INTERVAL }),
      top: key(wholeNumber(0, 100), 10, "How many of the largest users of processor and of memory are listed."),
    }, "Processes of this host, and those that the agent supervises with all their descendants."),
    host: plain("What this host is.", { own: HOST_INTERVAL }),
    kernel: plain("Open files, entropy and clock of the kernel."),
    temperature: plain("Temperatures, fans and voltages, where there are sensors."),
    power: plain("Batteries and power supplies."),
    container: plain("Limits of the container or control group that the agent is in (Linux)."),
    self: plain("The agent itself."),
    textfile: section({
      ...everyCollector(),
      directory: key(optionalPath(["/var/lib/farhand/textfile"]), "", "Directory of *.prom files; empty for none."),
    }, "Your own metrics, from files in Prometheus' text format."),
    exec: key(list(execCommand()), [], "Your own metrics, from commands that print them.").check(
      z.maxLength(MAX_ITEMS, `must have at most ${MAX_ITEMS} items`),
    ),
    watch: key(list(watchCheck()), [], "Checks that are run from this host.").check(
      z.maxLength(MAX_ITEMS, `must have at most ${MAX_ITEMS} items`),
    ),
  }, "What is measured on this host.");
}

function plain(description: string, pace: Pace = {}) {
  return section(everyCollector(pace), description);
}

interface Pace {
  /** An interval of its own, for what a shorter one for all is not meant. */
  readonly own?: string;
}

function everyCollector({ own }: Pace = {}) {
  const inherits = own === undefined ? " Default: collectors.interval." : "";
  return {
    enabled: key(onOff(), true, "Whether this collector runs."),
    interval: key(collectorInterval(), own ?? DEFAULT_INTERVAL, `How often it reads.${inherits}`),
  };
}

function execCommand() {
  return mapping({
    name: itemName(),
    command: list(nonEmptyText()).check(
      z.minLength(1, "must have a program"),
      z.describe("Program and its arguments; no shell is involved."),
    ),
    format: key(choice(["prometheus", "json"]), "prometheus", "What it prints: Prometheus' text, or one JSON object."),
    interval: key(collectorInterval(), DEFAULT_INTERVAL, "How often it runs."),
    timeout: key(duration({ min: "100ms" }), "10s", "Time that it has; then it is killed."),
    max_output: key(byteSize("1KiB"), "1MiB", "Size of its output beyond which it is killed."),
    work_dir: key(optionalPath(["/opt/shop"]), "", "Directory to run in. Empty: the agent's own."),
  });
}

function watchCheck() {
  return mapping({
    name: itemName(),
    type: choice(["tcp", "http", "icmp", "dns"]).check(z.describe("What kind of check it is.")),
    target: nonEmptyText(["https://example.com/healthz", "db:5432", "10.0.0.1", "example.com"]).check(
      z.describe("tcp: host:port. http: a URL. icmp: a host. dns: a name."),
    ),
    interval: key(collectorInterval(), DEFAULT_INTERVAL, "How often it looks."),
    timeout: key(duration({ min: "10ms" }), "5s", "Time that the answer has."),
    status: key(list(wholeNumber(100, 599)), [], "HTTP: the statuses that are up. Empty: 200 to 399."),
    body: key(text(["\\bok\\b"]), "", "HTTP: a regular expression that the body must match."),
    headers_file: key(
      optionalPath(["/etc/farhand/headers"]),
      "",
      "HTTP: file with headers to send, `Name: value` a line.",
    ),
    method: key(choice(["GET", "HEAD"]), "GET", "HTTP: the method."),
    insecure: key(onOff(), false, "HTTP: accept any certificate."),
    expect: key(list(nonEmptyText(["192.0.2.1"])), [], "DNS: values of which one must be among the answers."),
    record: key(choice(["A", "AAAA", "CNAME", "MX", "NS", "TXT", "SRV"]), "A", "DNS: the kind of record."),
    server: key(text(["192.0.2.53", "192.0.2.53:53"]), "", "DNS: the name server. Empty: the system's."),
  }).check((payload) => {
    const problem = watchProblem(payload.value);
    if (problem === null) return;
    const [name = "", ...clause] = problem.split(" ");
    payload.issues.push({ code: "custom", path: [name], message: clause.join(" "), input: payload.value });
  });
}

function itemName() {
  return nonEmptyText(["backup"]).check(
    z.regex(/^[A-Za-z0-9_.-]{1,64}$/, "must be 1 to 64 letters, digits, _ . or -"),
    z.describe("Unique; part of names in the API and of labels."),
  );
}

function names(examples: string[]) {
  return list(nonEmptyText(examples));
}

function collectorInterval() {
  return duration({ min: "100ms" });
}
