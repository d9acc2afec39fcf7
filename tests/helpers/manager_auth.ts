import { Auth, type AuthOptions, type LoginClient, type LoginResult } from "../../src/manager/auth/mod.ts";
import type { Store } from "../../src/manager/store/contract.ts";
import type { Caller, Role } from "../../src/protocol/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { memoryStore } from "./memory_store.ts";
import { recordingLog } from "./recording_log.ts";

/** As cheap as scrypt can be: what is tested is not how long it takes. */
export const CHEAP_PASSWORDS = { log2N: 1, r: 1, p: 1 } as const;
export const PASSWORD = "correct horse battery";
export const OFFICE: LoginClient = { address: "192.0.2.1", isSecure: true, userAgent: "test" };
export const ORIGIN = "https://manager.example";

export interface TestAuth {
  readonly auth: Auth;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly records: ReturnType<typeof recordingLog>["records"];
  /** What the gate makes of a request from the office. */
  readonly knock: (headers: Record<string, string>, method?: string) => Promise<Caller | null>;
  /** Signs in and gives the caller that the gate makes of that. */
  readonly signIn: (name: string, password?: string) => Promise<LoginResult & { caller: Caller; secret: string }>;
  /** The admin that the set-up has made. */
  readonly admin: Caller;
  /** Makes a user and signs in as him. */
  readonly user: (name: string, role: Role, scope?: string) => Promise<Caller>;
}

/** Auth on a store in memory, set up, with an admin called root who has signed in. */
export async function managerAuth(options: Partial<AuthOptions> & { readonly store?: Store } = {}): Promise<TestAuth> {
  const clock = new FakeClock();
  const store = options.store ?? memoryStore({ clock });
  const { log, records } = recordingLog();
  const origins = () => [ORIGIN];
  const auth = new Auth({ clock, log, origins, passwordCost: CHEAP_PASSWORDS, ...options, store });
  const knock: TestAuth["knock"] = async (headers, method = "GET") => {
    const request = new Request(`${ORIGIN}/api/v1/me`, { method, headers });
    const found = await auth.gate(request, { address: OFFICE.address });
    if (typeof found === "string") throw new Error("the gate names no caller");
    return found.caller as Caller | null;
  };
  const signIn: TestAuth["signIn"] = async (name, password = PASSWORD) => {
    const result = await auth.login({ name, password, bearer: true }, OFFICE);
    const secret = result.token?.reveal() ?? "";
    const caller = await knock({ authorization: `Bearer ${secret}` });
    if (caller === null) throw new Error("nobody was recognised");
    return { ...result, caller, secret };
  };
  const setUp = await auth.setup.begin();
  await auth.setup.complete({ secret: setUp?.reveal() ?? "", name: "root", password: PASSWORD });
  const admin = (await signIn("root")).caller;
  const user: TestAuth["user"] = async (name, role, scope = "") => {
    await auth.users.create(admin, { name, password: PASSWORD, role, scope });
    return (await signIn(name)).caller;
  };
  return { auth, store, clock, records, knock, signIn, admin, user };
}
