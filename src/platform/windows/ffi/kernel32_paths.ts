/** kernel32, the part that knows where an open file is. */
import { lazy } from "../../lazy.ts";
import { openLibrary } from "./library.ts";
import { wide } from "./wide_string.ts";

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
/** Of a folder the first of these is to list it. Who asks for less than data holds nobody back from anything. */
const READ_DATA_AND_ATTRIBUTES = 0x81;
/** Read and write, and not delete: nobody can rename or remove it meanwhile, nor a folder that it is in. */
const SHARE_READ_WRITE = 3;
const OPEN_EXISTING = 3;
/** Opens folders too. */
const FILE_FLAG_BACKUP_SEMANTICS = 0x0200_0000;
const INVALID_HANDLE_VALUE = 0xffff_ffff_ffff_ffffn;
/** https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfinalpathnamebyhandlew */
const VOLUME_NAME_DOS = 0;
const MAX_PATH_UNITS = 32 * 1024;
/** https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499- */
const CODES: Readonly<Record<number, string>> = {
  2: "ENOENT",
  3: "ENOENT",
  5: "EACCES",
  21: "ENODEV",
  32: "EBUSY",
  53: "ENOENT",
  67: "ENOENT",
  123: "ENOENT",
  206: "ENAMETOOLONG",
  267: "ENOTDIR",
  1920: "ELOOP",
  1921: "ELOOP",
};
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdrivetypew
const DRIVE_KINDS = ["unknown", "no_root", "removable", "fixed", "remote", "cdrom", "ramdisk"] as const;

const CREATE_FILE = {
  name: "CreateFileW",
  parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
  result: "pointer",
} as const;

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    CloseHandle: { parameters: ["pointer"], result: "i32" },
    CreateFileW: CREATE_FILE,
    // A drive of the network may take long to answer.
    createFileAside: { ...CREATE_FILE, nonblocking: true },
    GetDriveTypeW: { parameters: ["buffer"], result: "u32", nonblocking: true },
    GetFinalPathNameByHandleW: {
      parameters: ["pointer", "buffer", "u32", "u32"],
      result: "u32",
      nonblocking: true,
    },
    GetLastError: { parameters: [], result: "u32" },
  })
);

/** What other threads read and write. */
const inUse = new Set<Uint16Array<ArrayBuffer>>();

/** Opens what a path leads to and gives its own path, `\\?\C:\…`; both hold until it is disposed of. */
export async function holdPath(path: string): Promise<{ readonly path: string } & Disposable> {
  const handle = await open(path);
  try {
    const final = await finalPath(handle);
    return { path: final, [Symbol.dispose]: () => void symbols().CloseHandle(handle) };
  } catch (error) {
    symbols().CloseHandle(handle);
    throw error;
  }
}

export async function driveKind(root: string): Promise<(typeof DRIVE_KINDS)[number]> {
  const path = wide(root);
  inUse.add(path);
  const kind = await symbols().GetDriveTypeW(path);
  inUse.delete(path);
  return DRIVE_KINDS[kind] ?? "unknown";
}

/** What fails beside the program fails once more here: the code of the error belongs to the thread. */
async function open(path: string): Promise<Deno.PointerObject> {
  const name = wide(path);
  const rest = [
    name,
    READ_DATA_AND_ATTRIBUTES,
    SHARE_READ_WRITE,
    null,
    OPEN_EXISTING,
    FILE_FLAG_BACKUP_SEMANTICS,
    null,
  ] as const;
  inUse.add(name);
  const handle = await symbols().createFileAside(...rest);
  inUse.delete(name);
  if (isValid(handle)) return handle;
  const again = symbols().CreateFileW(...rest);
  if (isValid(again)) return again;
  const code = symbols().GetLastError();
  throw Object.assign(new Error(`Windows error ${code}`), { code: CODES[code] ?? `windows ${code}` });
}

function isValid(handle: Deno.PointerValue): handle is Deno.PointerObject {
  return handle !== null && Deno.UnsafePointer.value(handle) !== INVALID_HANDLE_VALUE;
}

async function finalPath(handle: Deno.PointerObject): Promise<string> {
  const units = new Uint16Array(MAX_PATH_UNITS);
  inUse.add(units);
  const length = await symbols().GetFinalPathNameByHandleW(handle, units, units.length, VOLUME_NAME_DOS);
  inUse.delete(units);
  if (length === 0 || length >= units.length) throw new Error("Windows does not tell where it is");
  let path = "";
  for (const unit of units.subarray(0, length)) path += String.fromCharCode(unit);
  return path;
}
