/** What tells a file from the next one of its name, as text; see isSameFile. */
export function identityOf(info: Deno.FileInfo): string {
  // Numbers of files are given again at once; those of devices change with the next boot. Some systems give the time of
  // the last writing as that of the making: where they are the same it is not known which one it is.
  const [bornMs, writtenMs] = [info.birthtime?.getTime() ?? 0, info.mtime?.getTime() ?? 0];
  return `${info.ino ?? 0}:${bornMs === writtenMs ? 0 : bornMs}`;
}

/** By what is known of both; what is no identity is that of no file. */
export function isSameFile(identity: string, other: string): boolean {
  const [[number, bornMs], [otherNumber, otherBornMs]] = [identity.split(":"), other.split(":")];
  return bornMs !== undefined && number === otherNumber &&
    (bornMs === otherBornMs || bornMs === "0" || otherBornMs === "0");
}

export function lstatOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** There is no such file, or what should be its directory is none. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
