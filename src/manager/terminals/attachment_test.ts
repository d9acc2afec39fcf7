import assert from "node:assert/strict";
import { until } from "../../../tests/helpers/host.ts";
import { inWorld } from "../../../tests/helpers/terminals_world.ts";
import {
  TERMINAL_CLOSE_CODES,
  terminalInput,
  terminalJson,
  terminalMessage,
  terminalOutput,
  withLength,
} from "../../protocol/mod.ts";
import type { HostsPort } from "./ports.ts";

/** A host that sends these bytes after it has let somebody in. */
function hostile(chunks: readonly Uint8Array<ArrayBuffer>[]): HostsPort {
  return {
    duplex: (_, { signal }) =>
      Promise.resolve({
        ...{ isUpgraded: true, headers: new Headers(), writable: new WritableStream() },
        readable: new ReadableStream({
          start(controller) {
            for (const chunk of chunks) controller.enqueue(chunk);
            signal.addEventListener("abort", () => controller.error(signal.reason));
          },
        }),
      }),
  };
}

const JUNK: readonly (readonly [what: string, ends: boolean, bytes: Uint8Array<ArrayBuffer>])[] = [
  ["a frame without end", true, Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  ["an empty frame", true, Uint8Array.of(0, 0, 0, 0)],
  ["output without a position", true, withLength(Uint8Array.of(0x81, 1, 2))],
  ["a position beyond all numbers", true, withLength(new Uint8Array(12).fill(0xff).with(0, 0x81))],
  ["a state that is none", false, withLength(terminalJson(0x82, { terminal: 5 }))],
  ["a state that is no JSON", false, withLength(terminalMessage(0x82, Uint8Array.of(0xff)))],
  ["a frame of a later version", false, withLength(terminalMessage(0x99, new Uint8Array(9)))],
  ["a frame that only guests send", false, withLength(terminalInput(new Uint8Array(9)))],
];

for (const [what, ends, bytes] of JUNK) {
  Deno.test(
    `${what} of a host ${ends ? "ends the connection" : "is passed over"}`,
    inWorld(async (world) => {
      const ada = world.attach();
      if (ends) {
        await ada.attached.over;
        assert.equal(ada.socket.closedWith?.code, TERMINAL_CLOSE_CODES.try_again);
        assert.deepEqual(ada.socket.sent, []);
        return;
      }
      await until(() => ada.socket.text === "fine", "what follows is shown");
      assert.equal(ada.socket.sent.length, 1);
      ada.attached.closed();
      await ada.attached.over;
    }, hostile([bytes, withLength(terminalOutput(0, new TextEncoder().encode("fine")))])),
  );
}
