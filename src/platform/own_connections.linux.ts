import type { OwnConnections } from "./halves.ts";
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
  return {
    openFiles: () => socketCalls.lowestFree() ?? Infinity,
    mostFiles() {
      const limit = libc.openFileLimit();
      return limit === null ? Infinity : Number(limit.soft);
    },
    visit(port, see) {
      const before = last;
      last = 0;
      for (let fd = 0; fd <= Math.max(before, last) + GAP; fd++) {
        if (socketCalls.localPort(fd) !== port) continue;
        const peer = socketCalls.peer(fd);
        if (peer === null) continue; // the socket that listens
        last = fd;
        see(fd, peerName(ipText(peer.address) ?? "", peer.port));
      }
    },
    readBytes: (fd) => socketCalls.readBytes(fd),
    cut: (fd) => socketCalls.shutDown(fd),
  };
}

function peerName(address: string, port: number): string {
  return `${address} ${port}`;
}
