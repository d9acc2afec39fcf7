import { AppError } from "../core/mod.ts";
import type { Ptys } from "./halves.ts";

/** A terminal on macOS takes a wait of its own (kqueue) and has not been written, as it could not be tried out. */
export function createDarwinPtys(): Ptys {
  return {
    open() {
      throw darwinPtyTrouble();
    },
    close() {},
  };
}

export function darwinPtyTrouble(): AppError {
  return new AppError("unsupported", "Cannot open a terminal: that is not there for macOS yet; use ssh");
}
