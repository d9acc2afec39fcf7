import { lazy } from "../../lazy.ts";
import { createDirectorySecured, createFileSecured, localFree, windowsError } from "./kernel32.ts";
import { sidText } from "../sddl.ts";
import { fromWide, wide } from "./wide_string.ts";

// https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertstringsecuritydescriptortosecuritydescriptorw
const SDDL_REVISION_1 = 1;
// https://learn.microsoft.com/windows/win32/api/accctrl/ne-accctrl-se_object_type
const SE_FILE_OBJECT = 1;
const SE_KERNEL_OBJECT = 6;
// https://learn.microsoft.com/windows/win32/secauthz/security-information
const OWNER_SECURITY_INFORMATION = 0x1;
const DACL_SECURITY_INFORMATION = 0x4;
const PROTECTED_DACL_SECURITY_INFORMATION = 0x8000_0000;
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocesstoken
const CURRENT_PROCESS_TOKEN = 0xffff_ffff_ffff_fffcn;
// https://learn.microsoft.com/windows/win32/api/winnt/ne-winnt-token_information_class
const TOKEN_USER = 1;
/** A TOKEN_USER, which is a pointer and flags, and the longest SID that the pointer can lead to behind them. */
const TOKEN_USER_BYTES = 16 + 68;

const symbols = lazy(() =>
  Deno.dlopen("advapi32.dll", {
    ConvertSecurityDescriptorToStringSecurityDescriptorW: {
      parameters: ["pointer", "u32", "u32", "buffer", "buffer"],
      result: "i32",
    },
    ConvertStringSecurityDescriptorToSecurityDescriptorW: {
      parameters: ["buffer", "u32", "buffer", "pointer"],
      result: "i32",
    },
    GetNamedSecurityInfoW: {
      parameters: ["buffer", "i32", "u32", "pointer", "pointer", "pointer", "pointer", "buffer"],
      result: "u32",
    },
    GetSecurityInfo: {
      parameters: ["usize", "i32", "u32", "pointer", "pointer", "pointer", "pointer", "buffer"],
      result: "u32",
    },
    GetTokenInformation: { parameters: ["pointer", "i32", "buffer", "u32", "buffer"], result: "i32" },
    SetFileSecurityW: { parameters: ["buffer", "u32", "pointer"], result: "i32" },
  }).symbols
);

/** Makes a new file under the rights that an SDDL text describes. */
export function createFileWithRights(path: string, sddl: string): void {
  withDescriptor(sddl, (descriptor) => createFileSecured(path, descriptor));
}

/** Makes a directory under these rights; false when there was one already. */
export function createDirectoryWithRights(path: string, sddl: string): boolean {
  return withDescriptor(sddl, (descriptor) => createDirectorySecured(path, descriptor));
}

/** Gives an existing file or directory these rights in the place of its own and of what it inherits. */
export function replaceRights(path: string, sddl: string): void {
  const what = (DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION) >>> 0;
  withDescriptor(sddl, (descriptor) => {
    if (symbols().SetFileSecurityW(wide(path), what, descriptor) === 0) throw windowsError(`set the rights of ${path}`);
  });
}

/** The SID of the user whom this process runs as. */
export function currentUser(): string {
  const token = Deno.UnsafePointer.create(CURRENT_PROCESS_TOKEN);
  const found = new DataView(new ArrayBuffer(TOKEN_USER_BYTES));
  if (symbols().GetTokenInformation(token, TOKEN_USER, found, found.byteLength, new Uint32Array(1)) === 0) {
    throw windowsError("find out who runs this");
  }
  const offset = found.getBigUint64(0, true) - Deno.UnsafePointer.value(Deno.UnsafePointer.of(found));
  return sidText(new DataView(found.buffer, Number(offset)));
}

/** The owner and the rights of a file or directory as SDDL text. */
export function readRights(path: string): string {
  const what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  const found = new BigUint64Array(1);
  const code = symbols().GetNamedSecurityInfoW(wide(path), SE_FILE_OBJECT, what, null, null, null, null, found);
  if (code !== 0) throw windowsError(`read the rights of ${path}`, code);
  return withMemory(found, (descriptor) => sddlText(descriptor, what, path));
}

/** For this folder: the owner of a job, event or process as SDDL text; empty where none is kept, as under Wine. */
export function objectOwner(handle: bigint, name: string): string {
  const what = OWNER_SECURITY_INFORMATION;
  const found = new BigUint64Array(1);
  const code = symbols().GetSecurityInfo(handle, SE_KERNEL_OBJECT, what, null, null, null, null, found);
  if (code !== 0) throw windowsError(`find out who owns ${name}`, code);
  return withMemory(found, (descriptor) => sddlText(descriptor, what, name));
}

function sddlText(descriptor: Deno.PointerObject, what: number, name: string): string {
  const [text, units] = [new BigUint64Array(1), new Uint32Array(1)];
  const converted = symbols()
    .ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, what, text, units);
  if (converted === 0) throw windowsError(`read the rights of ${name}`);
  return withMemory(text, (pointer) => fromWide(pointer, units[0] ?? 0));
}

function withDescriptor<T>(sddl: string, use: (descriptor: Deno.PointerObject) => T): T {
  const made = new BigUint64Array(1);
  const converted = symbols()
    .ConvertStringSecurityDescriptorToSecurityDescriptorW(wide(sddl), SDDL_REVISION_1, made, null);
  if (converted === 0) throw windowsError(`make a security descriptor of ${sddl}`);
  return withMemory(made, use);
}

/** Uses what Windows allocated and left a pointer to, then gives it back. */
function withMemory<T>(address: BigUint64Array, use: (pointer: Deno.PointerObject) => T): T {
  const pointer = Deno.UnsafePointer.create(address[0] ?? 0n);
  if (pointer === null) throw windowsError("use memory that was not allocated");
  try {
    return use(pointer);
  } finally {
    localFree(pointer);
  }
}
