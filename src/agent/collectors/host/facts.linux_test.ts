import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import { damaged, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { containerKind, type ContainerSigns } from "./container_kind.ts";
import { parseOsRelease } from "./os_release.ts";
import { shortZoneName, zoneOfLink } from "./time_zone.ts";
import { virtualisationOf, type VirtualisationSigns } from "./virtualisation.ts";

Deno.test("values of os-release lose their quotes and the escapes within", () => {
  const text =
    `# a comment\nNAME="A \\"B\\" \\$C"\nID=plain\nVARIANT='one \\" two'\nEMPTY=\n lower=x\nBROKEN="open\n=x\n`;
  assert.deepEqual(parseOsRelease(text), {
    NAME: 'A "B" $C',
    ID: "plain",
    VARIANT: 'one \\" two',
    EMPTY: "",
    BROKEN: '"open',
  });
});

Deno.test("whatever the file holds, facts have names and an end", () => {
  const text = hostText("centos7", "root/etc/os-release");
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    for (const [key, value] of Object.entries(parseOsRelease(damaged(text, damages)))) {
      assert.match(key, /^[A-Z][A-Z0-9_]*$/);
      assert.ok(value.length <= 1000);
    }
  }));
  assert.equal(
    Object.keys(parseOsRelease("A=1\n".repeat(9) + Array.from({ length: 99 }, (_, i) => `K${i}=1`).join("\n")))
      .length <= 60,
    true,
  );
});

const virtual = (signs: Partial<VirtualisationSigns>) => virtualisationOf({ dmi: {}, ...signs });

Deno.test("a virtual machine is known by its firmware, its hypervisor or its clock", () => {
  const guest = { cpuFlags: "fpu hypervisor lm" };
  const cases: [Partial<VirtualisationSigns>, string | undefined][] = [
    [{ dmi: { system_vendor: "QEMU" }, ...guest }, "qemu"],
    [{ dmi: { product_name: "KVM" }, ...guest }, "kvm"],
    [{ dmi: { system_vendor: "VMware, Inc." } }, "vmware"],
    [{ dmi: { system_vendor: "Microsoft Corporation", product_name: "Virtual Machine" } }, "hyperv"],
    [{ dmi: { system_vendor: "Microsoft Corporation", product_name: "Surface Pro" }, cpuFlags: "fpu lm" }, "none"],
    [{ dmi: { system_vendor: "innotek GmbH", product_name: "VirtualBox" }, ...guest }, "virtualbox"],
    [{ dmi: { system_vendor: "Amazon EC2" }, ...guest }, "amazon"],
    [{ dmi: { system_vendor: "Amazon EC2" }, cpuFlags: "fpu lm" }, "none"],
    [{ hypervisor: "xen" }, "xen"],
    [{ hypervisor: "xen", xenCapabilities: "control_d\n" }, "none"],
    [{ kernelRelease: "5.15.90.1-microsoft-standard-WSL2" }, "hyperv"],
    [{ acpi: "FACP\u0014\u0001FIRECKFCVMFADT", ...guest }, "firecracker"],
    [{ ...guest, clockSources: "tsc kvm-clock" }, "kvm"],
    [{ ...guest, clockSources: "hyperv_clocksource_tsc_page tsc hyperv_clocksource" }, "hyperv"],
    [{ ...guest, clockSources: "tsc" }, "unknown"],
    [{ deviceTree: "linux,kvm\0" }, "kvm"],
    [{ cpuFlags: "fpu lm" }, "none"],
    [{ cpuFlags: "fpu nohypervisor lm" }, "none"],
    [{}, undefined],
  ];
  for (const [signs, expected] of cases) assert.equal(virtual(signs), expected, JSON.stringify(signs));
});

const FIRST = ["pid:[4026531836]", "uts:[4026531838]", "ipc:[4026531839]"];
const inside = (signs: Partial<ContainerSigns>) =>
  containerKind({ dockerFile: false, namespaces: [null, null, null], openvz: false, ...signs });

Deno.test("a container is known by what its maker left, or by the groups of its first process", () => {
  const cases: [Partial<ContainerSigns>, string | undefined][] = [
    [{ announced: "systemd-nspawn", dockerFile: true }, "systemd-nspawn"],
    [{ dockerFile: true }, "docker"],
    [{ podmanFile: 'engine="podman-4.3.1"\n' }, "podman"],
    [
      { cgroups: "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-12.scope\n", dockerFile: true },
      "kubernetes",
    ],
    [{ cgroups: "4:memory:/docker/0123456789ab\n" }, "docker"],
    [{ cgroups: "0::/lxc.payload.web\n" }, "lxc"],
    [{ openvz: true }, "openvz"],
    [{ kernelRelease: "5.15.90.1-microsoft-standard-WSL2" }, "wsl"],
    [{ cgroups: "0::/init.scope\n" }, undefined],
  ];
  for (const [signs, expected] of cases) assert.equal(inside(signs), expected, JSON.stringify(signs));
});

Deno.test("the mark of a container means nothing where nothing shuts the host in", () => {
  assert.equal(inside({ dockerFile: true, namespaces: FIRST }), undefined);
  assert.equal(inside({ dockerFile: true, namespaces: [...FIRST.slice(1), "pid:[4026532749]"] }), "docker");
});

Deno.test("a zone has the name of its file, and the short one that is in use at its offset", () => {
  assert.equal(zoneOfLink("../usr/share/zoneinfo/Europe/Berlin"), "Europe/Berlin");
  assert.equal(zoneOfLink("/usr/share/zoneinfo/posix/Asia/Tokyo"), "Asia/Tokyo");
  for (const link of [null, "/etc/elsewhere", "/usr/share/zoneinfo/"]) assert.equal(zoneOfLink(link), undefined);
  const berlin = "TZif2\0\0\nCET-1CEST,M3.5.0,M10.5.0/3\n";
  assert.deepEqual([shortZoneName(berlin, 3600), shortZoneName(berlin, 7200)], ["CET", "CEST"]);
  assert.equal(shortZoneName("", 3600), undefined);
});
