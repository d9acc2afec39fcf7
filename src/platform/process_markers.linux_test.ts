import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import type { ProcessRow } from "./halves.ts";
import { createProcessMarkers, findMarker } from "./process_markers.linux.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("the marker is found wherever it stands, and nothing that looks like it", () => {
  assert.equal(findMarker(bytes("FARHAND_PROCESS=a/b/c\0PATH=/bin\0")), "a/b/c");
  assert.equal(findMarker(bytes("PATH=/bin\0FARHAND_PROCESS=a/b/c")), "a/b/c");
  assert.equal(findMarker(bytes("X=FARHAND_PROCESS=a\0XFARHAND_PROCESS=b\0FARHAND_PROCESS\0")), "");
  assert.equal(findMarker(bytes(`FARHAND_PROCESS=${"x".repeat(600)}\0`)), "");
  assert.equal(findMarker(bytes("")), "");
  const variable = fc.string().filter((text) => !text.includes("\0") && !text.startsWith("FARHAND_PROCESS="));
  fc.assert(fc.property(fc.array(variable), fc.array(variable), fc.stringMatching(/^[a-z/]{1,40}$/), (a, b, marker) => {
    assert.equal(findMarker(bytes([...a, `FARHAND_PROCESS=${marker}`, ...b].join("\0"))), marker);
    assert.equal(findMarker(bytes([...a, ...b].join("\0"))), "");
  }));
});

Deno.test("each environment is read once, until the process or its program is another", () =>
  inPlainTempDir((root) => {
    const write = (text: string) => Deno.writeTextFileSync(join(root, "7/environ"), text);
    const row = (startTime: string, name = "sh", isZombie = false): ProcessRow => ({
      identity: { pid: 7, startTime, bootId: "boot" },
      parentPid: 1,
      processGroup: 7,
      session: 7,
      isZombie,
      cpuSeconds: 0,
      rssBytes: 0,
      threads: 1,
      name,
    });
    Deno.mkdirSync(join(root, "7"));
    const markers = createProcessMarkers(root);
    write("FARHAND_PROCESS=a\0");
    assert.equal(markers.of(row("1")), "a");
    write("FARHAND_PROCESS=b\0");
    assert.equal(markers.of(row("1")), "a");
    assert.equal(markers.of(row("1", "agent")), "b", "another program");
    write("nginx: worker process");
    assert.equal(markers.of(row("1", "nginx")), "b", "an environment that was overwritten");
    assert.equal(markers.of(row("1", "x", true)), "b", "a zombie has none");
    assert.equal(markers.of(row("2")), "", "another process");
    write("FARHAND_PROCESS=c\0");
    assert.equal(markers.of(row("2")), "");
    markers.keep([]);
    assert.equal(markers.of(row("2")), "c");
    Deno.removeSync(join(root, "7/environ"));
    markers.keep([row("2")]);
    assert.equal(markers.of(row("2")), "c");
    assert.equal(markers.of(row("3")), "");
    write("");
    assert.equal(markers.of(row("3")), "", "its environment is not there yet");
    write("FARHAND_PROCESS=d\0");
    assert.equal(markers.of(row("3")), "d", "and now it is");
  }));
