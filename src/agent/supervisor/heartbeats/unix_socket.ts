import { AppError, messageOf } from "../../../core/mod.ts";
import { currentOs, giveSocketTo } from "../../../platform/mod.ts";

/** Sockets in the file system, on which programs of one user may write, and nobody else. */

export interface SocketOwner {
  /** Whose program writes on it; the agent's own user without one. */
  readonly uid?: number;
}

/** Tells a socket file from another one that has come in its place. */
export interface SocketFile {
  readonly path: string;
  readonly inode: number | null;
}

/** Reading and writing for the owner and the agent's group. */
const UMASK = 0o117;

/**
 * Takes away what an earlier agent has left: a socket that nobody answers on, and that is ours or the program's. Anything
 * else that is in the way is somebody else's affair, and an error.
 */
export async function clearStale(path: string, owner: SocketOwner): Promise<void> {
  if (!isOurLeftover(path, owner)) return;
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return removeFile(path);
    if (error instanceof Deno.errors.NotFound) return;
    throw new AppError("conflict", `Cannot tell whether anybody listens on ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  throw new AppError("conflict", `Another program listens on ${path}; stop it, or choose another socket_path`);
}

/** The same where nobody else can be listening, because the directory is the agent's own. */
export function clearOwn(path: string, owner: SocketOwner): void {
  if (isOurLeftover(path, owner)) removeFile(path);
}

function isOurLeftover(path: string, { uid }: SocketOwner): boolean {
  const found = lookAt(path);
  if (found === null) return false;
  if (!found.isSocket) throw new AppError("conflict", `${path} is in the way, and is no socket; move it`);
  if (found.uid !== ownUid() && found.uid !== uid) {
    throw new AppError("conflict", `${path} is in the way, and is another user's; remove it`);
  }
  return true;
}

/** Binds with the final rights from the first moment; then gives the file to the owner. */
export function bindSocket<L extends { close(): void }>(
  path: string,
  { uid }: SocketOwner,
  listen: () => L,
): { readonly listener: L; readonly file: SocketFile } {
  const before = Deno.umask(UMASK);
  let listener: L;
  try {
    listener = listen();
  } finally {
    Deno.umask(before);
  }
  try {
    if (uid !== undefined && uid !== ownUid()) giveSocketTo(path, uid);
    return { listener, file: { path, inode: lookAt(path)?.ino ?? null } };
  } catch (error) {
    listener.close();
    removeFile(path);
    throw error;
  }
}

/** Takes the file away, unless another one has come in its place. Of a stream socket the runtime does it at its close. */
export function removeSocket({ path, inode }: SocketFile): void {
  if (inode !== null && lookAt(path)?.ino === inode) removeFile(path);
}

/** Why it cannot be listened on, for people. */
export function socketTrouble(path: string, error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (currentOs() === "windows") {
    return "Programs cannot send heartbeats over Unix sockets on Windows; use POST /heartbeat";
  }
  const { AddrInUse, NotFound, PermissionDenied } = Deno.errors;
  const why = error instanceof NotFound
    ? "its directory does not exist; make it"
    : error instanceof PermissionDenied
    ? "permission denied; choose a directory that the agent may write to"
    : error instanceof AddrInUse
    ? "another program has just begun to"
    : messageOf(error).replace(/ \(os error \d+\)/g, "");
  return `Cannot listen on ${path}: ${why}`;
}

function ownUid(): number | null {
  return currentOs() === "windows" ? null : Deno.uid();
}

function lookAt(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
