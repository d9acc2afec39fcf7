/** advapi32, the part that reads the registry. advapi32.ts has rights and users. */
import { lazy } from "../../lazy.ts";
import { u32, viewOf, wideText } from "./layout.ts";
import { openLibrary } from "./library.ts";
import { wide } from "./wide_string.ts";

// https://learn.microsoft.com/windows/win32/sysinfo/predefined-keys, sign-extended on 64-bit Windows
const LOCAL_MACHINE = 0xffff_ffff_8000_0002n;
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-reggetvaluew
const ANY_TYPE = 0xffff;
// https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types
const REG_SZ = 1;
const REG_EXPAND_SZ = 2;
const REG_DWORD = 4;
const REG_MULTI_SZ = 7;
/** Names, versions and numbers are far shorter. */
const MAX_VALUE_BYTES = 4096;

const symbols = lazy(() =>
  openLibrary("advapi32.dll", {
    RegGetValueW: {
      parameters: ["usize", "buffer", "buffer", "u32", "buffer", "buffer", "buffer"],
      result: "u32",
    },
  })
);

/** A text of HKEY_LOCAL_MACHINE (of several, the first); absent when it is not there, is empty, or is no text. */
export function registryText(key: string, name: string): string | undefined {
  const value = read(key, name);
  if (value === null || ![REG_SZ, REG_EXPAND_SZ, REG_MULTI_SZ].includes(value.type)) return undefined;
  return wideText(value.view, 0, MAX_VALUE_BYTES / 2).trim() || undefined;
}

/** A number of HKEY_LOCAL_MACHINE; absent when it is not there or is no number. */
export function registryNumber(key: string, name: string): number | undefined {
  const value = read(key, name);
  return value?.type === REG_DWORD ? u32(value.view, 0) : undefined;
}

/** What is not there is the rule: editions and firmware differ in what they write. */
function read(key: string, name: string): { readonly type: number; readonly view: DataView } | null {
  const bytes = new Uint8Array(MAX_VALUE_BYTES);
  const [type, length] = [new Uint32Array(1), new Uint32Array([MAX_VALUE_BYTES])];
  const code = symbols().RegGetValueW(LOCAL_MACHINE, wide(key), wide(name), ANY_TYPE, type, bytes, length);
  return code === 0 ? { type: type[0] ?? 0, view: viewOf(bytes, length[0]) } : null;
}
