import { AppError } from "../../core/mod.ts";
import { setupLink } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import type { Output } from "../output.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";

export const setupLinkCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("setup-link", "print the one-time link by which the first admin is made", ["agent manager setup-link"])
      .option("--json", "print JSON")
      .action(async (_, self) => {
        const context = contextOf(self);
        const link = await askSetupLink(context);
        if (link === null) {
          throw new AppError("conflict", 'There are users already; "agent manager user add" makes another');
        }
        context.out.either({ setupLink: link }, () => context.out.line(link));
      }),
};

/** Null once somebody has been set up. */
export async function askSetupLink({ api, signal }: ManagerContext): Promise<string | null> {
  return setupLink().parse(await (await api()).call("/v1/setup-link", { method: "POST", signal })).link;
}

export function printSetupLink(out: Output, link: string): void {
  out.line();
  out.line("Make the first admin with this one-time link, or with agent manager user add NAME --role admin:");
  out.line(`  ${out.bold(link)}`);
}
