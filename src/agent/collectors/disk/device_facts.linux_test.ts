import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { type FixtureHost, hostRoots } from "../../../../tests/helpers/fixture_host.ts";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { createTreeReader } from "../reading/tree_reader.ts";
import { readDeviceFacts, udevFacts } from "./device_facts.linux.ts";

const RECORD = `S:disk/by-id/ata-ACME_SSD_INVENTED0001
S:disk/by-path/pci-0000:00:1f.2-ata-1
W:12
I:4096000
E:ID_ATA=1
E:ID_ATA_ROTATION_RATE_RPM=7200
E:ID_ATA_WRITE_CACHE=1
E:ID_ATA_WRITE_CACHE_ENABLED=0
E:ID_MODEL=ACME_HDD_4TB
E:ID_PATH=pci-0000:00:1f.2-ata-1
E:ID_REVISION=AC01
E:ID_SERIAL=ACME_HDD_4TB_INVENTED0001
E:ID_SERIAL_SHORT=INVENTED0001
E:ID_WWN=0x0000000000000001
E:ID_FS_TYPE=ext4
E:ID_FS_USAGE=filesystem
E:ID_FS_UUID=00000000-0000-4000-8000-000000000001
E:ID_FS_VERSION=1.0
E:ID_VENDOR=
G:systemd
`;

const treeOf = (host: FixtureHost) => createTreeReader(hostRoots(host));

Deno.test("a record of udev tells what the device and what is on it is", () => {
  assert.deepEqual(udevFacts(RECORD), {
    path: "pci-0000:00:1f.2-ata-1",
    model: "ACME_HDD_4TB",
    serial: "INVENTED0001",
    wwn: "0x0000000000000001",
    revision: "AC01",
    fs_type: "ext4",
    fs_usage: "filesystem",
    fs_uuid: "00000000-0000-4000-8000-000000000001",
    fs_version: "1.0",
    ata_write_cache: "1",
    ata_write_cache_enabled: "0",
    ata_rotation_rate_rpm: "7200",
  });
});

Deno.test("the serial number on the label counts more than the one in the address", () => {
  assert.equal(udevFacts(`${RECORD}E:SCSI_IDENT_SERIAL=LABEL0001\n`)["serial"], "LABEL0001");
  assert.equal(udevFacts("E:ID_SERIAL=LONG_ONE\n")["serial"], "LONG_ONE");
});

Deno.test("no record whatever makes the parser fail or gives an empty fact", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(RECORD.length), (garbage, at) => {
    for (const fact of Object.values(udevFacts(RECORD.slice(0, at) + garbage + RECORD.slice(at)))) {
      assert.ok(fact.length > 0);
    }
  }));
});

Deno.test("without udev the kernel tells what it knows", () => {
  assert.deepEqual(readDeviceFacts(treeOf("server128"), "nvme0n1", 259, 0), {
    model: "Datacenter NVMe 3840GB",
    serial: "INVENTED00000000",
    wwn: "eui.0000000000000000",
    revision: "2.1.0",
    rotational: "0",
    kind: "disk",
  });
  assert.deepEqual(readDeviceFacts(treeOf("arm64_board"), "mmcblk0p1", 179, 1), { kind: "partition" });
  assert.equal(readDeviceFacts(treeOf("arm64_board"), "mmcblk0", 179, 0)["model"], "SD64G");
  assert.equal(readDeviceFacts(treeOf("arm64_board"), "zram0", 254, 0)["kind"], "memory");
});

Deno.test("a logical volume's names are read off its device", () => {
  const facts = readDeviceFacts(treeOf("storage"), "dm-1", 253, 1);
  assert.equal(facts["dm_name"], "sys--vg-lv--swap");
  assert.equal(facts["dm_vg_name"], "sys-vg");
  assert.equal(facts["dm_lv_name"], "lv-swap");
  assert.equal(facts["kind"], "mapped");
  assert.equal(readDeviceFacts(treeOf("storage"), "dm-3", 253, 3)["dm_vg_name"], undefined);
});

Deno.test("what is not known is not said", () => {
  assert.deepEqual(readDeviceFacts(treeOf("limited"), "nvme0n1", 259, 0), { kind: "disk" });
  assert.deepEqual(readDeviceFacts(treeOf("limited"), "md127", undefined, undefined), { kind: "raid" });
});

Deno.test({ name: "udev's record is found by the device's numbers", ignore: Deno.build.os === "windows" }, async () => {
  await inTempDir((root) => {
    const records = join(root, "run", "udev", "data");
    Deno.mkdirSync(records, { recursive: true });
    Deno.writeTextFileSync(join(records, "b8:0"), RECORD);
    const tree = createTreeReader({ proc: root, sys: root, root });
    assert.equal(readDeviceFacts(tree, "sda", 8, 0)["model"], "ACME_HDD_4TB");
    assert.equal(readDeviceFacts(tree, "sdb", 8, 16)["model"], undefined);
  });
});
