import { dirname, join } from "node:path";
import { buildInfo, ByteSize, messageOf } from "../../core/mod.ts";
import { parseEndpoint } from "../../config/mod.ts";
import {
  clockSynchronised,
  createMemoryTrimmer,
  freeSpaceBytes,
  isPrivileged,
  localAddresses,
  openFileLimit,
  readPidFile,
} from "../../platform/mod.ts";
import { type DoctorInput, failed, type Finding, ok, unsupported, warning } from "./finding.ts";
import { launchFinding, limitsFinding } from "./limits.ts";
import { managerFindings } from "./manager.ts";
import { terminalFinding } from "./terminal.ts";

type Check = (input: DoctorInput) => Promise<Finding | Finding[]> | Finding;

/** In the order in which they are shown: what stops an agent from starting comes first. */
const CHECKS: readonly Check[] = [
  checkConfig,
  (input) => checkWritable("work dir", input.paths.workDir, "agent.work_dir"),
  (input) => checkWritable("log dir", dirname(input.paths.logFile), "agent.log.file"),
  (input) => checkWritable("pid dir", dirname(input.paths.pidFile), "agent.pid_file"),
  (input) => checkWritable("socket dir", dirname(input.paths.socket), "agent.control.socket"),
  checkAgent,
  checkPort,
  checkSpace,
  checkClock,
  checkOpenFiles,
  checkUser,
  () => limitsFinding(),
  () => launchFinding(),
  () => terminalFinding(),
  checkAddress,
  managerFindings,
  checkTrim,
  checkRuntime,
];

const MIN_FREE_BYTES = 200 * 1024 * 1024;
const MIN_OPEN_FILES = 1024;
const EARLIEST_SANE_YEAR = 2026;

/** Runs every check; one that breaks is itself a finding, so that the others are still seen. */
export async function diagnose(input: DoctorInput): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    input.signal.throwIfAborted();
    try {
      findings.push(...[await check(input)].flat());
    } catch (error) {
      findings.push(
        failed("doctor", `A check could not be made: ${messageOf(error)}`, "Report this line to the makers of Farhand"),
      );
    }
  }
  return findings;
}

function checkConfig({ configFile, configError }: DoctorInput): Finding {
  if (configError === null) return ok("config", configFile ?? "no file: the defaults apply");
  return failed("config", configError.message, 'Mend it; "agent config check" reads it again');
}

async function checkWritable(name: string, path: string, key: string): Promise<Finding> {
  const existing = await nearestExisting(path);
  const probe = join(existing, `.farhand-doctor-${crypto.randomUUID()}`);
  try {
    await Deno.writeTextFile(probe, "", { createNew: true, mode: 0o600 });
    await Deno.remove(probe);
  } catch (error) {
    return failed(
      name,
      `${path} cannot be written: ${messageOf(error)}`,
      `Give this user the right to write ${existing}, or set ${key} elsewhere`,
    );
  }
  return ok(name, existing === path ? path : `${path}, to be made in ${existing}`);
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path;; at = dirname(at)) {
    const found = await Deno.stat(at).catch(() => null); // a missing or unreadable level sends us one level up
    if (found !== null || dirname(at) === at) return at;
  }
}

async function checkAgent({ paths }: DoctorInput): Promise<Finding> {
  const found = await readPidFile(paths.pidFile);
  switch (found.state) {
    case "running":
      return ok("agent", `running, pid ${found.identity.pid}`);
    case "unverified":
      return warning(
        "agent",
        `${paths.pidFile} was written by another program, pid ${found.pid}`,
        "Give this agent its own agent.pid_file",
      );
    case "absent":
      return ok("agent", 'not running; "agent start" starts it');
    case "stale":
      return warning(
        "agent",
        `${paths.pidFile} is left over: pid ${found.pid} is ${found.reason}`,
        'Nothing to do: "agent start" replaces it',
      );
    case "garbage":
      return failed(
        "agent",
        `${paths.pidFile} is not a pid file: ${found.reason}`,
        "Move the file away, or set agent.pid_file elsewhere",
      );
  }
}

async function checkPort({ paths }: DoctorInput): Promise<Finding> {
  const { listen } = paths;
  const address = parseEndpoint(listen);
  if (address === null) return ok("control port", "none configured; the control socket serves this host");
  if ((await readPidFile(paths.pidFile)).state === "running") {
    return ok("control port", `${listen}, of the running agent`);
  }
  try {
    Deno.listen({ hostname: address.host, port: address.port }).close();
    return ok("control port", `${listen} is free`);
  } catch (error) {
    return failed(
      "control port",
      `${listen}: ${messageOf(error)}`,
      "Stop what listens there, or set agent.control.listen to another port",
    );
  }
}

async function checkSpace({ paths }: DoctorInput): Promise<Finding> {
  const free = await freeSpaceBytes(await nearestExisting(paths.workDir));
  const megabytes = `${Math.floor(free / 1e6)} MB free`;
  if (free >= MIN_FREE_BYTES) return ok("disk space", `${megabytes} at ${paths.workDir}`);
  return warning(
    "disk space",
    `${megabytes} at ${paths.workDir}`,
    `Free at least ${new ByteSize(MIN_FREE_BYTES)} there, or move agent.work_dir`,
  );
}

function checkClock(): Finding {
  const now = new Date();
  if (now.getUTCFullYear() < EARLIEST_SANE_YEAR) {
    return failed(
      "clock",
      `The clock says ${now.toISOString()}`,
      "Set the clock: certificates and samples need the right time",
    );
  }
  const synchronised = clockSynchronised();
  if (synchronised === null) {
    return unsupported("clock", `${now.toISOString()}; this system does not tell whether it is synchronised`);
  }
  if (synchronised) return ok("clock", `${now.toISOString()}, synchronised`);
  return warning(
    "clock",
    `${now.toISOString()}, not synchronised`,
    "Run a time service such as chrony or systemd-timesyncd",
  );
}

function checkOpenFiles(): Finding {
  const limit = openFileLimit();
  if (limit === null) return unsupported("open files", "this system has no such limit per process");
  const detail = `${limit.soft} at most, can be raised to ${limit.hard}`;
  if (limit.soft >= MIN_OPEN_FILES) return ok("open files", detail);
  return warning(
    "open files",
    detail,
    `Raise it: "ulimit -n ${MIN_OPEN_FILES}" before the start, or LimitNOFILE= in the systemd unit`,
  );
}

function checkUser(): Finding {
  if (isPrivileged()) return ok("user", "privileged: can supervise as any user and measure every process");
  return ok("user", "unprivileged: supervises and fully measures only its own user's processes");
}

async function checkAddress({ signal }: DoctorInput): Promise<Finding> {
  const { primary } = await localAddresses({ signal });
  const found = [primary.v4, primary.v6].flatMap((source) => source === undefined ? [] : [source.address]);
  if (found.length > 0) return ok("address", found.join(", "));
  return warning(
    "address",
    "no route out of this host",
    "Nothing to do for a standalone agent; to reach a manager, give this host a route",
  );
}

function checkTrim(): Finding {
  if (createMemoryTrimmer().trimsPages) return ok("memory trim", "clean file pages can be given back to the system");
  return unsupported("memory trim", "this system offers no way to give clean file pages back");
}

function checkRuntime(): Finding {
  const { version, deno, v8, target, compiled } = buildInfo();
  return ok(
    "runtime",
    `agent ${version}, Deno ${deno}, V8 ${v8}, ${target}${compiled ? "" : ", run from its sources"}`,
  );
}
