import assert from "node:assert/strict";
import { hostText } from "../../../../tests/helpers/fixture_host.ts";
import { mountSource } from "./mount_source.linux.ts";
import { parseMounts } from "./mounts.ts";

const STORAGE = parseMounts(hostText("storage", "proc/1/mounts"));

function sourceOf(mountPoint: string) {
  const mount = STORAGE.find((candidate) => candidate.mountPoint === mountPoint);
  assert.ok(mount !== undefined, mountPoint);
  return mountSource(mount);
}

Deno.test("mounts of one server have one source, which is elsewhere", () => {
  assert.deepEqual(sourceOf("/home/ada"), { name: "filer.example", local: false });
  assert.deepEqual(sourceOf("/srv/My Files"), { name: "filer.example", local: false });
  assert.deepEqual(sourceOf("/srv/v6"), { name: "[2001:db8::20]", local: false });
  assert.deepEqual(sourceOf("/mnt/Team Docs"), { name: "nas.example", local: false });
  assert.deepEqual(sourceOf("/mnt/tab\tand\\slash"), { name: "ada@shell.example", local: false });
});

Deno.test("a disk is one source however often it is mounted", () => {
  assert.deepEqual(sourceOf("/srv/luns/first"), sourceOf("/exports/first"));
  assert.deepEqual(sourceOf("/srv/luns/first"), { name: "/dev/mapper/mpatha-part1", local: true });
});

Deno.test("a device's name that says nothing is no source: the mount stands for itself", () => {
  assert.deepEqual(sourceOf("/run"), { name: "/run", local: true });
  assert.deepEqual(sourceOf("/var/lib/lxcfs"), { name: "/var/lib/lxcfs", local: false });
});

Deno.test("a type that is not known may wait for a server", () => {
  assert.equal(mountSource({ device: "x", mountPoint: "/x", type: "newfs", readOnly: false }).local, false);
});
