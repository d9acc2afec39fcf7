import type { Labels, MetricSink } from "../../../core/mod.ts";
import type { NetworkDirection, NetworkInterface } from "../../../protocol/mod.ts";

type Counter = readonly [name: string, field: keyof NetworkDirection, help: string];

const RECEIVED: readonly Counter[] = [
  ["receive_bytes", "bytes", "Bytes that arrived."],
  ["receive_compressed", "compressed", "Packets that arrived compressed."],
  ["receive_drop", "dropped", "Packets that arrived and were dropped."],
  ["receive_errs", "errors", "Packets that arrived damaged."],
  ["receive_fifo", "fifo", "Packets for which the device had no room."],
  ["receive_frame", "frame", "Packets that arrived with a wrong frame."],
  ["receive_multicast", "multicast", "Packets that arrived for a group."],
  ["receive_nohandler", "nohandler", "Packets that nobody wanted."],
  ["receive_packets", "packets", "Packets that arrived."],
];

const SENT: readonly Counter[] = [
  ["transmit_bytes", "bytes", "Bytes that were sent."],
  ["transmit_carrier", "carrier", "Packets that were lost with the carrier."],
  ["transmit_colls", "collisions", "Packets that collided."],
  ["transmit_compressed", "compressed", "Packets that were sent compressed."],
  ["transmit_drop", "dropped", "Packets that were dropped instead of sent."],
  ["transmit_errs", "errors", "Packets that could not be sent."],
  ["transmit_fifo", "fifo", "Packets that the device could not take."],
  ["transmit_packets", "packets", "Packets that were sent."],
];

/** Numbers of /sys/class/net, under the names that they have in the sample. */
const ATTRIBUTES: readonly (readonly [name: string, help: string])[] = [
  ["address_assign_type", "How the interface got its hardware address; 0 is from the device."],
  ["carrier", "Whether the link is there."],
  ["device_id", "Number that tells apart devices that share an address."],
  ["dormant", "Whether the interface waits for something outside, such as a login."],
  ["flags", "Flags of the interface as one number."],
  ["iface_link", "Index of the interface that this one is on top of."],
  ["iface_link_mode", "Whether the interface may become dormant."],
  ["name_assign_type", "How the interface got its name."],
  ["net_dev_group", "Group that the interface was put into."],
  ["protocol_type", "Kind of the interface, as ARP numbers them."],
  ["transmit_queue_length", "Packets that may wait to be sent."],
];

const CHANGES: readonly (readonly [name: string, help: string])[] = [
  ["carrier_changes", "How often the link came or went."],
  ["carrier_down_changes", "How often the link went."],
  ["carrier_up_changes", "How often the link came."],
];

/** As node_exporter names what it reads of interfaces, speeds that are not known left out. */
export function interfaceMetrics(interfaces: readonly NetworkInterface[], sink: MetricSink): void {
  const devices = interfaces.map((one) => ({ one, labels: { device: one.name } }));
  const family: Emit = (name, type, help, valueOf) => {
    if (!interfaces.some((one) => valueOf(one) !== undefined)) return;
    if (!sink.family(`node_network_${name}`, type, help)) return;
    for (const { one, labels } of devices) sink.value(valueOf(one), labels);
  };
  for (const [name, field, help] of RECEIVED) family(`${name}_total`, "counter", help, (one) => one.receive?.[field]);
  for (const [name, field, help] of SENT) family(`${name}_total`, "counter", help, (one) => one.transmit?.[field]);
  for (const [name, help] of ATTRIBUTES) family(name, "gauge", help, ({ attributes }) => attributes?.[name]);
  for (const [name, help] of CHANGES) family(`${name}_total`, "counter", help, ({ attributes }) => attributes?.[name]);
  family("iface_id", "gauge", "Index of the interface.", ({ index }) => index);
  family("mtu_bytes", "gauge", "Largest packet that the interface sends.", ({ mtu }) => mtu);
  family("speed_bytes", "gauge", "Speed of the link in bytes per second.", (one) => one.speedBytesPerSecond);
  family("up", "gauge", "Whether the interface says that it is up.", upValue);
  infoMetric(interfaces, sink);
}

type Emit = (
  name: string,
  type: "counter" | "gauge",
  help: string,
  valueOf: (one: NetworkInterface) => number | undefined,
) => void;

function upValue({ state }: NetworkInterface): number | undefined {
  return state === undefined ? undefined : Number(state === "up");
}

function infoMetric(interfaces: readonly NetworkInterface[], sink: MetricSink): void {
  if (!interfaces.some(({ state }) => state !== undefined)) return;
  if (!sink.family("node_network_info", "gauge", "What is known of the interface in words; the value is always 1.")) {
    return;
  }
  for (const one of interfaces) if (one.state !== undefined) sink.value(1, infoLabels(one));
}

function infoLabels({ name, state, mac, broadcast, duplex, description }: NetworkInterface): Labels {
  return {
    address: mac ?? "",
    broadcast: broadcast ?? "",
    device: name,
    duplex: duplex ?? "",
    ifalias: description ?? "",
    operstate: state ?? "",
  };
}
