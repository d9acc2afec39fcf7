/**
 * `deno task compile [--target T]… [--out dist] [--analyse] [--bundle-only]`: the executables and their SHA-256 sums.
 *
 * Environment: `DENO_COMPILE_BIN` is the deno that compiles (default: the one that runs this), `DENORT_BIN` a runtime to
 * embed instead of the one that `deno compile` downloads, `SOURCE_DATE_EPOCH` the time stamp to embed in seconds
 * (default: that of the commit). The same sources, runtime and time stamp give the same bytes.
 */
import { parseArgs } from "node:util";
import { type Bundle, bundle, BUNDLE_NAME, type System, writeBundle } from "./bundle.ts";
import { executableName, isTarget, type Target, TARGETS } from "./executable.ts";
import { git, runScript, runTool, sha256, table } from "./support.ts";

type Outcome =
  | { readonly target: Target; readonly state: "built"; readonly file: string; readonly bytes: number }
  | { readonly target: Target; readonly state: "failed"; readonly reason: string };

/** Permissions are all granted: the agent's own policy decides, per feature. The code cache would be a file that others can plant. */
const COMPILE_FLAGS = [
  "--quiet",
  "--no-config",
  "--no-check",
  "--allow-all",
  "--no-code-cache",
  // As in deno.json; `net` is for the datagram sockets of sd_notify.
  "--unstable-no-legacy-abort",
  "--unstable-net",
  // An agent mostly waits, so it trades the two middle tiers of compiled code for memory (the optimising one stays), and
  // can collect garbage, and with it code that has not run for two collections, when it suits (agent/trim).
  "--v8-flags=--no-sparkplug,--no-maglev,--expose-gc,--bytecode-old-age=2,--enable-experimental-regexp-engine-on-excessive-backtracks",
];

function readArguments(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: "string", multiple: true, default: [] },
      out: { type: "string", default: "dist" },
      analyse: { type: "boolean", default: false },
      "bundle-only": { type: "boolean", default: false },
    },
  });
  const unknown = values.target.find((name) => !isTarget(name));
  if (unknown !== undefined) throw new Error(`Unknown target "${unknown}"; known are ${TARGETS.join(", ")}`);
  const named = values.target.filter(isTarget);
  return { ...values, named, targets: named.length > 0 ? named : TARGETS };
}

/** Compiles one target within `folder`, which already holds the bundle, and moves the result to `out`. */
async function compileTarget(target: Target, folder: string, out: string): Promise<Outcome> {
  if (Deno.env.has("DENORT_BIN") && target !== Deno.build.target) {
    return { target, state: "failed", reason: `DENORT_BIN holds a runtime for ${Deno.build.target} only` };
  }
  const built = target.includes("windows") ? "agent.exe" : "agent";
  const compiler = Deno.env.get("DENO_COMPILE_BIN") ?? Deno.execPath();
  const result = await runTool(compiler, [
    "compile",
    ...COMPILE_FLAGS,
    "--target",
    target,
    "--output",
    built,
    BUNDLE_NAME,
  ], {
    cwd: folder,
  });
  if (!result.ok) return { target, state: "failed", reason: shortReason(result.stderr) };
  const file = executableName(target);
  await Deno.rename(`${folder}/${built}`, `${out}/${file}`);
  return { target, state: "built", file, bytes: (await Deno.stat(`${out}/${file}`)).size };
}

/** The most telling line of what `deno compile` printed: the longest of the numbered causes, else its `error:` line. */
export function shortReason(stderr: string): string {
  const [report = ""] = stderr.split("Stack backtrace:");
  const lines = report.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const causes = lines.flatMap((line) => /^\d+: (.*)$/.exec(line)?.[1] ?? []);
  const longest = causes.sort((a, b) => b.length - a.length)[0];
  const reason = longest ?? lines.find((line) => line.startsWith("error:")) ?? lines.at(-1) ?? "it printed nothing";
  return reason.length > 240 ? `${reason.slice(0, 239)}…` : reason;
}

async function placeBundle(folder: string, program: Bundle): Promise<void> {
  await writeBundle(folder, program);
  // The executable records this time; a fixed one makes the build reproducible.
  const seconds = Number(Deno.env.get("SOURCE_DATE_EPOCH") ?? await git("log", "-1", "--format=%ct") ?? 0);
  for (const { name } of program.files) await Deno.utime(`${folder}/${name}`, seconds, seconds);
}

/** Sums every executable of this version in the folder, so that the list always agrees with what lies beside it. */
async function writeSums(out: string): Promise<void> {
  const lines: string[] = [];
  for (const file of TARGETS.map(executableName).sort()) {
    try {
      lines.push(`${await sha256(await Deno.readFile(`${out}/${file}`))}  ${file}\n`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  await Deno.writeTextFile(`${out}/SHA256SUMS`, lines.join(""));
}

function systemOf(target: Target): System {
  return target.includes("windows") ? "windows" : target.includes("darwin") ? "darwin" : "linux";
}

function reportBundle({ bytes, commit, sizes }: Bundle, name: string, analyse: boolean): void {
  console.log(`${name}  ${(bytes / 1e3).toFixed(0)} kB, commit ${commit}`);
  if (!analyse) return;
  const rows = sizes.map((size) => [size.name, String(size.bytes), String(size.files)]);
  console.log(table([["package", "bytes", "files"], ...rows]));
}

function report(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    if (outcome.state === "built") console.log(`built   ${outcome.file}  ${(outcome.bytes / 1e6).toFixed(1)} MB`);
    else console.log(`failed  ${outcome.target}: ${outcome.reason}`);
  }
}

async function main(): Promise<number> {
  const options = readArguments(Deno.args);
  if (options["bundle-only"]) {
    await Deno.mkdir(`${options.out}/bundle`, { recursive: true });
    const [target] = options.named;
    const program = await bundle({ split: true, ...(target === undefined ? {} : { system: systemOf(target) }) });
    reportBundle(program, "bundle", options.analyse);
    await placeBundle(`${options.out}/bundle`, program);
    return 0;
  }
  await Deno.mkdir(options.out, { recursive: true });
  // Beside the result, because a rename does not cross file systems.
  const folder = await Deno.makeTempDir({ dir: options.out, prefix: ".compile-" });
  const outcomes: Outcome[] = [];
  try {
    for (const [system, targets] of Map.groupBy(options.targets, systemOf)) {
      const program = await bundle({ system, split: true });
      reportBundle(program, `bundle for ${system}`, options.analyse);
      await placeBundle(folder, program);
      for (const target of targets) outcomes.push(await compileTarget(target, folder, options.out));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  report(outcomes);
  await writeSums(options.out);
  const built = outcomes.filter((outcome) => outcome.state === "built").length;
  console.log(`${built} of ${outcomes.length} targets built in ${options.out}/`);
  return built === 0 || (options.named.length > 0 && built < outcomes.length) ? 1 : 0;
}

if (import.meta.main) await runScript("compile", main);
