/** Structures of Windows as bytes, for tests of their parsers on any system; where they are from: SOURCE.md beside them. */
const FIXTURES = new URL("../fixtures/windows/", import.meta.url);

export interface WindowsBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where they stood in memory. */
  readonly base: bigint;
}

/** All of them by name, freshly made. */
export function windowsBytes(): ReadonlyMap<string, WindowsBytes> {
  const found = new Map<string, WindowsBytes>();
  for (const file of ["captured.json", "compiled.json"]) {
    const entries: Record<string, { hex: string; base?: string }> = JSON.parse(
      Deno.readTextFileSync(new URL(file, FIXTURES)),
    );
    for (const [name, { hex, base = "0" }] of Object.entries(entries)) {
      found.set(name, { bytes: Uint8Array.fromHex(hex), base: BigInt(base) });
    }
  }
  return found;
}

export function windowsView(name: string): DataView {
  const { bytes } = windowsBytes().get(name) ?? { bytes: new Uint8Array() };
  return new DataView(bytes.buffer);
}
