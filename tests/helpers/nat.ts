/**
 * A host behind a real NAT: three network namespaces, `host — router — outside`, of which the router masquerades and the
 * outside has no way back. Needs root, iproute2, nftables and conntrack.
 */
import { IS_LINUX, IS_ROOT } from "./host.ts";

const TOOLS = ["ip", "nft", "conntrack"] as const;
const HOST_ADDRESS = "10.91.1.2";
const OUTSIDE_ADDRESS = "203.0.113.2";

/** Why there can be no NAT here, or null. */
export async function natMissing(): Promise<string | null> {
  if (!IS_LINUX || !IS_ROOT) return "network namespaces need root on Linux";
  for (const tool of TOOLS) {
    const found = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`], stdout: "null" }).output();
    if (!found.success) return `${tool} is not installed`;
  }
  const { success } = await new Deno.Command("unshare", { args: ["--net", "true"], stderr: "null" }).output();
  return success ? null : "network namespaces cannot be made here";
}

export class Nat {
  /** Where the other side is reached from behind the NAT. */
  readonly outsideAddress = OUTSIDE_ADDRESS;
  readonly #tag: string;

  private constructor(tag: string) {
    this.#tag = tag;
  }

  static async create(): Promise<Nat> {
    const nat = new Nat(crypto.randomUUID().slice(0, 6));
    try {
      await nat.#build();
      return nat;
    } catch (error) {
      await nat[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Begins a command line that runs behind the NAT, or outside of it. */
  inside(place: "host" | "outside"): [string, ...string[]] {
    return ["ip", "netns", "exec", this.#name(place)];
  }

  /** The router forgets all connections, as one that is restarted. */
  async forgetConnections(): Promise<void> {
    await this.#in("router", "conntrack", "-F");
  }

  /** The router gets another address from its provider. */
  async changeAddress(last: number): Promise<void> {
    await this.#in("router", "ip", "addr", "flush", "dev", "wan");
    await this.#in("router", "ip", "addr", "add", `203.0.113.${last}/24`, "dev", "wan");
    await this.forgetConnections();
  }

  /** Nothing passes, and nobody is told so. */
  async blackhole(on: boolean): Promise<void> {
    await this.#nft(on ? "insert rule ip filter forward drop" : `flush chain ip filter forward; ${FORWARD_RULES}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const place of ["host", "router", "outside"] as const) {
      const args = ["netns", "del", this.#name(place)];
      await new Deno.Command("ip", { args, stdout: "null", stderr: "null" }).output(); // what was never made is not there
    }
  }

  #name(place: "host" | "router" | "outside"): string {
    return `fh${this.#tag}${place.at(0)}`;
  }

  async #build(): Promise<void> {
    const [host, router, outside] = (["host", "router", "outside"] as const).map((place) => this.#name(place));
    for (const name of [host, router, outside]) {
      await run("ip", "netns", "add", `${name}`);
      await run("ip", "-n", `${name}`, "link", "set", "lo", "up");
    }
    await run("ip", "link", "add", "eth0", "netns", `${host}`, "type", "veth", "peer", "lan", "netns", `${router}`);
    await run("ip", "link", "add", "eth0", "netns", `${outside}`, "type", "veth", "peer", "wan", "netns", `${router}`);
    const addresses = [
      ["host", "eth0", HOST_ADDRESS],
      ["router", "lan", "10.91.1.1"],
      ["router", "wan", "203.0.113.1"],
      ["outside", "eth0", OUTSIDE_ADDRESS],
    ] as const;
    for (const [place, device, address] of addresses) {
      await this.#in(place, "ip", "addr", "add", `${address}/24`, "dev", device);
      await this.#in(place, "ip", "link", "set", device, "up");
    }
    await this.#in("host", "ip", "route", "add", "default", "via", "10.91.1.1");
    await this.#in("router", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    await this.#nft(`
      table ip nat {
        chain out { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
      }
      table ip filter {
        chain forward { type filter hook forward priority 0; policy drop; }
      }
      ${FORWARD_RULES}
    `);
  }

  async #in(place: "host" | "router" | "outside", ...argv: string[]): Promise<void> {
    await run("ip", "netns", "exec", this.#name(place), ...argv);
  }

  async #nft(rules: string): Promise<void> {
    await this.#in("router", "nft", rules);
  }
}

/** Only who is behind the NAT can begin a connection. */
const FORWARD_RULES = `
  add rule ip filter forward ct state established,related accept;
  add rule ip filter forward iifname "lan" oifname "wan" accept;
`;

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdin: "null", stdout: "null" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
