import { AppError } from "../../core/mod.ts";

/** What CreateProcessW takes, without the final zero. */
const MAX_LENGTH = 32_766;
/** What splits arguments, or has a meaning of its own, for https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments */
const NEEDS_QUOTES = /[\s"]/;
/** Windows takes dots and spaces off the end of a name, so `x.bat. ` is a batch file too. */
const TRAILING_DOTS = /[. ]+$/;
const BATCH_FILE = /\.(?:bat|cmd)$/i;
/** What cmd.exe reads a meaning into even within quotes, whatever is put before it, and what ends its line. */
const UNSAFE_FOR_CMD = /["%\r\n]/;

/** True for what only cmd.exe can run, which has rules of its own for arguments. */
export function isBatchFile(program: string): boolean {
  return BATCH_FILE.test(program.replace(TRAILING_DOTS, ""));
}

/** The command line from which a program gets back these very arguments, by CommandLineToArgvW or the C runtime. */
export function commandLine(program: string, args: readonly string[]): string {
  refuseZeros(program, args);
  return bounded([quotedProgram(program), ...args.map(quoted)].join(" "), program);
}

/**
 * The command line by which cmd.exe runs a batch file with these arguments. Everything is quoted, so that no `&`, `|`
 * or `>` means anything; what would mean something even so is refused, as no way of writing it is safe in all batch
 * files: `%*` within the file is read once more. `/d` keeps AutoRun out, `/v:off` takes the meaning from `!`.
 */
export function batchCommandLine(cmd: string, batchFile: string, args: readonly string[]): string {
  refuseZeros(batchFile, args);
  if (UNSAFE_FOR_CMD.test(batchFile)) {
    throw new AppError("invalid_input", `Cannot start ${batchFile}: cmd.exe misreads its name; give it another one`);
  }
  const unsafe = args.findIndex((arg) => UNSAFE_FOR_CMD.test(arg));
  if (unsafe >= 0) {
    throw new AppError(
      "invalid_input",
      `Cannot start ${batchFile}: its argument ${unsafe + 1} has a quote, a percent sign or a line break, which ` +
        "cmd.exe cannot hand to a batch file safely; start the program itself, or pass that in an environment variable",
    );
  }
  const inner = [batchFile, ...args].map(quotedAlways).join(" ");
  return bounded(`${quotedProgram(cmd)} /e:on /v:off /d /s /c "${inner}"`, batchFile);
}

/** The program's own name is read by simpler rules: up to the next quote. */
function quotedProgram(program: string): string {
  if (program.includes('"')) {
    throw new AppError("invalid_input", `Cannot start ${program}: no name of a file on Windows has a quote in it`);
  }
  return `"${program}"`;
}

function quoted(arg: string): string {
  return arg === "" || NEEDS_QUOTES.test(arg) ? quotedAlways(arg) : arg;
}

/** Backslashes mean themselves but before a quote, where each has to be doubled; so also before the last one. */
function quotedAlways(arg: string): string {
  return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

function refuseZeros(program: string, args: readonly string[]): void {
  const at = [program, ...args].findIndex((text) => text.includes("\0"));
  if (at < 0) return;
  const what = at === 0 ? "its name" : `its argument ${at}`;
  const shown = program.replaceAll("\0", "\\0");
  throw new AppError("invalid_input", `Cannot start ${shown}: ${what} has a zero character; take it out`);
}

function bounded(line: string, program: string): string {
  if (line.length <= MAX_LENGTH) return line;
  throw new AppError(
    "invalid_input",
    `Cannot start ${program}: its command line has ${line.length} characters, and Windows takes ${MAX_LENGTH}; ` +
      "pass long values in a file",
  );
}
