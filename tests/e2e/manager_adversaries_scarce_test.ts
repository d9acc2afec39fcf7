/** Who tries to use up what there is least of: files, and memory for answers that nobody takes. */
import assert from "node:assert/strict";
import { joinedBytes } from "../../src/core/mod.ts";
import { PROGRAM } from "../helpers/agent.ts";
import { attacks } from "../helpers/hostile/attacked.ts";
import { RawConnection } from "../helpers/hostile/raw.ts";
import { inParallel, IS_LINUX, until } from "../helpers/host.ts";

const FEW_FILES = 400;
const CONNECTIONS = 50;
/** As many as HTTP/2 lets a connection have at a time, by what the manager says. */
const STREAMS = 200;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A frame of HTTP/2: https://www.rfc-editor.org/rfc/rfc9113#section-4.1 */
function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Uint8Array {
  const head = new Uint8Array(9);
  const view = new DataView(head.buffer);
  view.setUint32(0, payload.length << 8);
  head[3] = type;
  head[4] = flags;
  view.setUint32(5, streamId);
  return joinedBytes([head, payload]);
}

/** Begins HTTP/2 with a window of nothing, and asks for the same again and again. */
function greedy(path: string, host: string): Uint8Array {
  const [settings, headers, endOfBoth] = [4, 1, 5];
  const noWindow = new Uint8Array([0, 4, 0, 0, 0, 0]);
  const text = (value: string) => joinedBytes([new Uint8Array([value.length]), bytes(value)]);
  // GET and http from HPACK's table of usual headers, then :path and :authority in full.
  const request = joinedBytes([new Uint8Array([0x82, 0x86, 0x04]), text(path), new Uint8Array([0x01]), text(host)]);
  const asked = Array.from({ length: STREAMS }, (_, at) => frame(headers, endOfBoth, 1 + 2 * at, request));
  return joinedBytes([bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(settings, 0, 0, noWindow), ...asked]);
}

/** Whether a connection of its own is answered. */
async function answers(url: string): Promise<boolean> {
  try {
    const { hostname, port } = new URL(url);
    using connection = await RawConnection.open(url);
    await connection.send(`GET /healthz HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    return (await connection.answer(2_000)).status === 200;
  } catch {
    return false; // it was refused, or is kept waiting
  }
}

attacks("answers that nobody takes are not kept by the thousand", {
  async "thousands of them, of the longest there are"({ url, hostName }) {
    const open: RawConnection[] = [];
    try {
      for (const path of ["/openapi.json", "/docs"]) {
        await inParallel(10, Array.from({ length: CONNECTIONS }), async () => {
          const connection = await RawConnection.open(url);
          open.push(connection);
          await connection.send(greedy(path, hostName));
        });
      }
      await until(() => open.every(({ isClosed, received }) => isClosed || received.length > 0), "all are answered");
    } finally {
      for (const connection of open) connection[Symbol.dispose]();
    }
  },
});

attacks("a manager that has no file left for the next connection is there again at once", {
  async "more connections than it can have"({ url }) {
    if (!IS_LINUX) return; // elsewhere nobody can see them
    const open: RawConnection[] = [];
    try {
      await inParallel(100, Array.from({ length: 5 * FEW_FILES }), async () => {
        // Those that come while it does not listen are refused, which harms nobody but them.
        await RawConnection.open(url).then((connection) => open.push(connection), () => {});
      });
      assert.ok(open.length > FEW_FILES / 2, `${open.length} were open`);
      await until(() => answers(url), "it answers, while they are open", 5_000);
    } finally {
      for (const connection of open) connection[Symbol.dispose]();
    }
  },
}, { managerProgram: ["/bin/sh", "-c", `ulimit -n ${FEW_FILES}; exec "$@"`, "sh", ...PROGRAM] });
