import { AppError } from "../core/mod.ts";

export type Os = "linux" | "windows" | "darwin";

/** The operating system that the program runs on; an error on one that it was never made for. */
export function currentOs(): Os {
  const os = Deno.build.os;
  if (os === "linux" || os === "windows" || os === "darwin") return os;
  throw new AppError("unsupported", `This program does not run on ${os}: use Linux, Windows or macOS`);
}

/** The half that belongs to this operating system. */
export function select<T>(halves: Readonly<Record<Os, T>>): T {
  return halves[currentOs()];
}
