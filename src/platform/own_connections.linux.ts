import type { OwnConnections } from "./halves.ts";
import { undressed } from "./ip_address.ts";
import { ipText } from "./ip_text.ts";
import { libc } from "./linux/libc.ts";
import { socketCalls } from "./linux/sockets.ts";

/**
 * Files get the lowest number that is free, so they lie close together; where some thousands in a row are no sockets
 * of the port, beyond the last that is, there are no more.
 */
const GAP = 4_096;

/**
 * Looks at every open file, some µs each. That this is done on the thread which opens and closes the connections makes
 * it safe: between the look at one and what is done to it, none can have become another.
 */
export function linuxConnections(): OwnConnections {
  let last = 0;
  let listening = -1;
  return {
    openFiles: () => countedFiles() ?? socketCalls.lowestFree() ?? Infinity,
    mostFiles() {
      const limit = libc.openFileLimit();
      return limit === null ? Infinity : Number(limit.soft);
    },
    visit(port, see) {
      const before = last;
      last = 0;
      listening = -1;
      for (let fd = 0; fd <= Math.max(before, last) + GAP; fd++) {
        if (socketCalls.localPort(fd) !== port) continue;
        const peer = socketCalls.peer(fd);
        last = fd;
        if (peer === null) {
          listening = fd;
          continue;
        }
        see(fd, peerName(ipText(undressed(peer.address)) ?? "", peer.port));
      }
    },
    listens: (port) => socketCalls.localPort(listening) === port && socketCalls.peer(listening) === null,
    readBytes: (fd) => socketCalls.readBytes(fd),
    cut: (fd) => socketCalls.shutDown(fd),
  };
}

/** As many as the folder says to have, since Linux 6.2; before, all folders of that file system have 0 bytes. */
function countedFiles(): number | null {
  return Deno.statSync("/proc/self/fd").size || null;
}

function peerName(address: string, port: number): string {
  return `${address} ${port}`;
}
