import assert from "node:assert/strict";
import fc from "fast-check";
import { damaged, DAMAGES, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { type Mount, mountChooser, mountsOfRoot, parseMounts } from "./mounts.ts";

const DAMAGE = fc.array(
  fc.record({
    kind: fc.constantFrom(...DAMAGES),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: fc.oneof(
      fc.constantFrom("-1", "99999999999999999999999", "1e309", "\\9"),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
  }),
  { maxLength: 8 },
);

const ALL = { mount_points: [], exclude_mount_points: [], exclude_types: [] };
const points = (mounts: readonly Mount[]) => mounts.map(({ mountPoint }) => mountPoint);
const chosen = (text: string, options: Partial<Parameters<typeof mountChooser>[0]> = {}) =>
  mountChooser({ ...ALL, ...options })(parseMounts(text));

Deno.test("escaped characters of devices and mount points are decoded", () => {
  const mounts = parseMounts(hostText("storage", "proc/1/mounts"));
  assert.deepEqual(mounts.find(({ type }) => type === "cifs"), {
    device: "//nas.example/Team Docs",
    mountPoint: "/mnt/Team Docs",
    type: "cifs",
    readOnly: false,
  });
  assert.equal(mounts.find(({ type }) => type === "fuse.sshfs")?.mountPoint, "/mnt/tab\tand\\slash");
});

Deno.test("what only looks like an escape stays as it is, and nothing is decoded twice", () => {
  const [mount] = parseMounts("a\\777b /x\\134040\\04\\n ext4 rw 0 0");
  assert.equal(mount?.device, "a\\777b");
  assert.equal(mount?.mountPoint, "/x\\040\\04\\n");
});

Deno.test("read only is an option of its own, not a part of another", () => {
  const [plain, readOnly] = parseMounts("a /a ext4 rw,errors=remount-ro 0 0\nb /b ext4 noatime,ro 0 0\n");
  assert.equal(plain?.readOnly, false);
  assert.equal(readOnly?.readOnly, true);
});

Deno.test("file systems of the kernel are left out by default, as node_exporter leaves them out", () => {
  assert.deepEqual(points(chosen(hostText("vm", "proc/1/mounts"))), ["/"]);
  assert.deepEqual(points(chosen(hostText("loaded", "proc/1/mounts"))), ["/", "/run/netns"]);
  assert.deepEqual(points(chosen(hostText("namespace", "proc/1/mounts"))), [
    "/tmp",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/data",
  ]);
  assert.deepEqual(points(chosen(hostText("centos7", "proc/self/mounts"))), [
    "/",
    "/run",
    "/",
    "/boot",
    "/run/user/1000",
  ]);
  assert.deepEqual(points(chosen(hostText("arm64_board", "proc/1/mounts"))), [
    "/",
    "/run",
    "/run/lock",
    "/boot/firmware",
    "/var/log",
  ]);
});

Deno.test("of a host with every kind of storage the real ones are chosen", () => {
  const found = points(chosen(hostText("storage", "proc/1/mounts")));
  assert.ok(found.includes("/srv/My Files") && found.includes("/tank/data/mail") && found.includes("/var/lib/lxcfs"));
  for (const pseudo of ["/home", "/snap/core20/1974", "/run/credentials/systemd-sysusers.service", "/dev/shm"]) {
    assert.ok(!found.includes(pseudo), pseudo);
  }
  assert.equal(found.length, 16);
});

Deno.test("mount points are chosen by name and pattern; a name also chooses a pseudo file system", () => {
  const storage = hostText("storage", "proc/1/mounts");
  assert.deepEqual(points(chosen(storage, { mount_points: ["/srv/m*", "/boot"] })), [
    "/boot",
    "/srv/media",
    "/srv/media/snapshots",
  ]);
  const limited = hostText("limited", "proc/1/mounts");
  assert.deepEqual(points(chosen(limited, { mount_points: ["/"] })), ["/"]);
  assert.deepEqual(points(chosen(limited, { mount_points: ["/*"], exclude_mount_points: ["/etc/*"] })), ["/data"]);
  assert.deepEqual(points(chosen(storage, { mount_points: ["/srv/*"], exclude_types: ["nfs*", "btrfs"] })), [
    "/srv/luns/first",
  ]);
});

Deno.test("a mount that stands twice in the list is one, and the later one counts", () => {
  const found = chosen("/dev/sda1 / ext4 ro 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 / ext4 rw 0 0\n");
  assert.deepEqual(found.map(({ device, readOnly }) => [device, readOnly]), [["/dev/sda1", false], [
    "/dev/sdb1",
    false,
  ]]);
});

Deno.test("an agent in a container names the host's mounts as the host does", () => {
  const inContainer = parseMounts(
    "overlay / overlay rw 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\n/dev/sda1 /host ext4 ro 0 0\n" +
      "/dev/sdb1 /host/data xfs ro 0 0\n/dev/sdc1 /hostile xfs rw 0 0\n",
  );
  assert.deepEqual(points(mountsOfRoot(inContainer, "/host")), ["/", "/data"]);
  const ofHost = parseMounts("/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /data xfs rw 0 0\n");
  assert.deepEqual(points(mountsOfRoot(ofHost, "/host")), ["/", "/data"]);
  assert.equal(mountsOfRoot(inContainer, "/"), inContainer);
});

Deno.test("whatever the list says, mounts have a device, a mount point and a type", () => {
  fc.assert(fc.property(DAMAGE, (damages) => {
    for (const mount of chosen(damaged(hostText("storage", "proc/1/mounts"), damages))) {
      assert.ok(mount.device !== "" && mount.mountPoint !== "" && mount.type !== "");
      assert.equal(typeof mount.readOnly, "boolean");
    }
  }));
});
