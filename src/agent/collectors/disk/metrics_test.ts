import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { hostText } from "../../../../tests/helpers/fixture_host.ts";
import type { DiskSample } from "../../../protocol/mod.ts";
import { parseDiskstats } from "./diskstats.linux.ts";
import { diskMetrics } from "./metrics.ts";
import { parseMdstat } from "./mdstat.linux.ts";

const MOUNT = { device: "/dev/sda2", mountPoint: "/", type: "ext4", readOnly: true };

function lines(sample: Partial<DiskSample>): string[] {
  const sink = new TextSink("prometheus");
  diskMetrics({ mounts: [], devices: [], ...sample }, sink, "node");
  return sink.text().split("\n").filter((line) => line !== "" && !line.startsWith("# HELP"));
}

Deno.test("a file system's metrics are node_exporter's", () => {
  const use = { sizeBytes: 100, usedBytes: 60, freeBytes: 40, availableBytes: 15, inodes: 10, inodesFree: 7 };
  const labels = '{device="/dev/sda2",fstype="ext4",mountpoint="/"}';
  assert.deepEqual(lines({ mounts: [{ ...MOUNT, ...use }] }), [
    "# TYPE node_filesystem_avail_bytes gauge",
    `node_filesystem_avail_bytes${labels} 15`,
    "# TYPE node_filesystem_device_error gauge",
    `node_filesystem_device_error${labels} 0`,
    "# TYPE node_filesystem_files gauge",
    `node_filesystem_files${labels} 10`,
    "# TYPE node_filesystem_files_free gauge",
    `node_filesystem_files_free${labels} 7`,
    "# TYPE node_filesystem_free_bytes gauge",
    `node_filesystem_free_bytes${labels} 40`,
    "# TYPE node_filesystem_readonly gauge",
    `node_filesystem_readonly${labels} 1`,
    "# TYPE node_filesystem_size_bytes gauge",
    `node_filesystem_size_bytes${labels} 100`,
  ]);
});

Deno.test("a mount that does not answer is an error and has no sizes", () => {
  const found = lines({ mounts: [{ ...MOUNT, error: "stuck: no answer for 5 s" }] });
  assert.ok(found.includes('node_filesystem_device_error{device="/dev/sda2",fstype="ext4",mountpoint="/"} 1'));
  assert.ok(!found.some((line) => line.startsWith("node_filesystem_size_bytes")));
});

Deno.test("a disk's metrics are node_exporter's, in its units", () => {
  const devices = parseDiskstats("8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", () => true);
  const values = lines({ devices }).filter((line) => !line.startsWith("#"));
  assert.deepEqual(values, [
    'node_disk_discard_time_seconds_total{device="sda"} 0.015',
    'node_disk_discarded_sectors_total{device="sda"} 14',
    'node_disk_discards_completed_total{device="sda"} 12',
    'node_disk_discards_merged_total{device="sda"} 13',
    'node_disk_flush_requests_time_seconds_total{device="sda"} 0.017',
    'node_disk_flush_requests_total{device="sda"} 16',
    'node_disk_info{device="sda",major="8",minor="0",model="",path="",revision="",serial="",wwn=""} 1',
    'node_disk_io_now{device="sda"} 9',
    'node_disk_io_time_seconds_total{device="sda"} 0.01',
    'node_disk_io_time_weighted_seconds_total{device="sda"} 0.011',
    'node_disk_read_bytes_total{device="sda"} 1536',
    'node_disk_read_time_seconds_total{device="sda"} 0.004',
    'node_disk_reads_completed_total{device="sda"} 1',
    'node_disk_reads_merged_total{device="sda"} 2',
    'node_disk_write_time_seconds_total{device="sda"} 0.008',
    'node_disk_writes_completed_total{device="sda"} 5',
    'node_disk_writes_merged_total{device="sda"} 6',
    'node_disk_written_bytes_total{device="sda"} 3584',
  ]);
});

Deno.test("what an older kernel does not count has no metric", () => {
  const devices = parseDiskstats(hostText("centos7", "proc/diskstats"), (name) => name === "sda");
  assert.ok(!lines({ devices }).some((line) => line.includes("discard") || line.includes("flush")));
});

Deno.test("facts become the labels of node_exporter's info metrics", () => {
  const facts = {
    path: "pci-0",
    model: "M",
    serial: "INVENTED",
    wwn: "w",
    revision: "r",
    dm_name: "vg-lv",
    dm_uuid: "LVM-x",
    dm_vg_name: "vg",
    dm_lv_name: "lv",
    fs_type: "ext4",
    fs_uuid: "u",
    ata_rotation_rate_rpm: "7200",
    ata_write_cache: "1",
    ata_write_cache_enabled: "what?",
  };
  const values = lines({ devices: [{ name: "dm-0", major: 253, minor: 0, facts }, { name: "plain" }] });
  assert.deepEqual(values.filter((line) => !line.startsWith("#")), [
    'node_disk_ata_rotation_rate_rpm{device="dm-0"} 7200',
    'node_disk_ata_write_cache{device="dm-0"} 1',
    'node_disk_device_mapper_info{device="dm-0",lv_layer="",lv_name="lv",name="vg-lv",uuid="LVM-x",vg_name="vg"} 1',
    'node_disk_filesystem_info{device="dm-0",type="ext4",usage="",uuid="u",version=""} 1',
    'node_disk_info{device="dm-0",major="253",minor="0",model="M",path="pci-0",revision="r",serial="INVENTED",wwn="w"} 1',
  ]);
});

Deno.test("an array's metrics are node_exporter's", () => {
  const arrays = parseMdstat(hostText("storage", "proc/mdstat")).filter(({ name }) => name === "md1");
  assert.deepEqual(lines({ arrays }).filter((line) => !line.startsWith("#")), [
    'node_md_blocks{device="md1"} 2929890816',
    'node_md_blocks_synced{device="md1"} 123456789',
    'node_md_disks{device="md1",state="active"} 3',
    'node_md_disks{device="md1",state="failed"} 1',
    'node_md_disks{device="md1",state="spare"} 1',
    'node_md_disks_required{device="md1"} 4',
    'node_md_state{device="md1",state="active"} 0',
    'node_md_state{device="md1",state="inactive"} 0',
    'node_md_state{device="md1",state="recovering"} 1',
    'node_md_state{device="md1",state="resync"} 0',
    'node_md_state{device="md1",state="check"} 0',
  ]);
});

Deno.test("a host without disks has no metrics of them", () => {
  assert.deepEqual(lines({}), []);
});
