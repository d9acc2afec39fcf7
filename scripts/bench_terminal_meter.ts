/**
 * Runs in the page before the console does, as text: it looks at what the sockets of terminals carry, for bytes and
 * positions, whatever paints them. Times are those of the wall, which the host's are compared with.
 */
export const TERMINAL_METER = `function (prompt) {
  const [OUTPUT, ACKNOWLEDGE, HEAD_BYTES] = [0x81, 0x03, 9];
  const end = new TextEncoder().encode(prompt);
  const now = () => performance.timeOrigin + performance.now();
  const positionIn = (bytes) => Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1));
  let [shown, atBegin, atKey, promptEnd, keyMs, beganMs, lastFrame] = [0, 0, 0, 0, 0, 0, 0];
  let [clickMs, frameMs, waiting] = [[], [], null];
  const painted = (then) => requestAnimationFrame(() => setTimeout(() => then(now())));

  const meter = globalThis.meter = {
    prompts: 0,
    begin() {
      atBegin = shown;
      [clickMs, frameMs, beganMs] = [[], [], now()];
    },
    sinceBegin: () => shown - atBegin,
    untilPrompt: () => new Promise((resolve) => waiting = resolve),
    told: () => ({ beganMs, keyMs, clickMs, frameMs, lateBytes: shown - atKey }),
  };

  function received(bytes) {
    if (bytes[0] !== OUTPUT) return;
    if (end.every((byte, at) => bytes[bytes.length - end.length + at] === byte)) {
      promptEnd = positionIn(bytes) + bytes.length - HEAD_BYTES;
    }
  }

  function acknowledged(position) {
    shown = position;
    if (promptEnd === 0 || shown < promptEnd) return;
    promptEnd = 0;
    painted((atMs) => {
      meter.prompts += 1;
      waiting?.(atMs);
      waiting = null;
    });
  }

  globalThis.WebSocket = class extends WebSocket {
    constructor(address, protocols) {
      super(address, protocols);
      this.addEventListener("message", ({ data }) => data instanceof ArrayBuffer && received(new Uint8Array(data)));
    }
    send(data) {
      super.send(data);
      if (data instanceof Uint8Array && data[0] === ACKNOWLEDGE) acknowledged(positionIn(data));
    }
  };

  addEventListener("keydown", ({ ctrlKey, key, timeStamp }) => {
    if (ctrlKey && key === "c") [keyMs, atKey] = [performance.timeOrigin + timeStamp, shown];
  }, true);
  addEventListener("click", ({ timeStamp }) => {
    painted((atMs) => clickMs.push(atMs - performance.timeOrigin - timeStamp));
  }, true);
  const frame = (atMs) => {
    if (beganMs > 0) frameMs.push(atMs - lastFrame);
    lastFrame = atMs;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}`;
