import { fileURLToPath } from "node:url";

/** How this very program can be started once more. */
export interface SelfProgram {
  /** The compiled program, or the Deno that runs the sources. */
  readonly executable: string;
  command(args: readonly string[]): [program: string, ...args: string[]];
}

/** The facts that decide it. */
export interface SelfFacts {
  readonly executable: string;
  readonly compiled: boolean;
  readonly mainModule: string;
}

/**
 * Call it once at boot and keep the result: after an update has replaced the executable, the system gives the running
 * one's path as "… (deleted)".
 */
export function selfProgram(facts: SelfFacts = currentFacts()): SelfProgram {
  const { executable, compiled, mainModule } = facts;
  // Deno finds deno.json by the place of the main module, so the new program may have any working directory.
  const fixed = compiled ? [] : ["run", "-A", mainModule.startsWith("file:") ? fileURLToPath(mainModule) : mainModule];
  return { executable, command: (args) => [executable, ...fixed, ...args] };
}

function currentFacts(): SelfFacts {
  return { executable: Deno.execPath(), compiled: Deno.build.standalone, mainModule: Deno.mainModule };
}
