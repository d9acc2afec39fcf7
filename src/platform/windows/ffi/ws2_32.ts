import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";

const WINSOCK_2_2 = 0x0202;
/** https://learn.microsoft.com/windows/win32/api/winsock/ns-winsock-wsadata: 408 bytes on 64-bit Windows. */
const WSADATA_BYTES = 512;
const SOCK_DGRAM = 2;
const INVALID_SOCKET = 0xffff_ffff_ffff_ffffn;
const SOCKADDR_BYTES = 128;

const symbols = lazy(() => {
  const library = Deno.dlopen("ws2_32.dll", {
    WSAStartup: { parameters: ["u16", "buffer"], result: "i32" },
    closesocket: { parameters: ["usize"], result: "i32" },
    connect: { parameters: ["usize", "buffer", "i32"], result: "i32" },
    getsockname: { parameters: ["usize", "buffer", "buffer"], result: "i32" },
    socket: { parameters: ["i32", "i32", "i32"], result: "usize" },
  }).symbols;
  const code = library.WSAStartup(WINSOCK_2_2, new Uint8Array(WSADATA_BYTES));
  if (code !== 0) throw new AppError("internal", `Cannot use sockets: WSAStartup failed with error ${code}`);
  return library;
});

/** The local address that a datagram socket gets when it is connected to `target`; null without a route. */
export function datagramSource(family: number, target: Uint8Array<ArrayBuffer>): Uint8Array | null {
  const socket = symbols().socket(family, SOCK_DGRAM, 0);
  if (socket === INVALID_SOCKET) return null;
  try {
    if (symbols().connect(socket, target, target.length) !== 0) return null;
    const address = new Uint8Array(SOCKADDR_BYTES);
    const length = new Int32Array([SOCKADDR_BYTES]);
    return symbols().getsockname(socket, address, length) === 0 ? address.subarray(0, length[0]) : null;
  } finally {
    symbols().closesocket(socket);
  }
}
