/** The supervisor's part of the control API of an agent that is not there. */
import type { ProcessDetails, ProcessView } from "../../src/protocol/mod.ts";
import { type FakeAgent, withFakeAgent } from "./fake_agent.ts";

export const NOW_MS = Date.UTC(2026, 2, 1, 12);

/** What the fake is asked: `POST /v1/processes`, its query and its body. */
export interface Question {
  readonly route: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Answers by route; what is not there is not known. */
export type Answers = Readonly<Record<string, (question: Question) => unknown>>;

/** Serves these answers while `use` runs; `questions` are all that were asked so far. */
export async function withFakeSupervisor(
  workDir: string,
  answers: Answers,
  use: (questions: readonly Question[], agent: FakeAgent) => Promise<void>,
): Promise<void> {
  const questions: Question[] = [];
  const answer = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    const text = await request.text();
    const question = { route, query: Object.fromEntries(searchParams), body: text === "" ? null : JSON.parse(text) };
    questions.push(question);
    return answers[route]?.(question);
  };
  const report = { collectors: [], history: { bytes: 0, maxBytes: 0, series: 0, refused: 0 } };
  await withFakeAgent(workDir, { report, first: [], answer }, (agent) => use(questions, agent));
}

export function viewOf(view: Partial<ProcessView> & { readonly id: string }): ProcessView {
  return {
    name: view.id,
    group: view.id,
    kind: "service",
    type: "custom",
    labels: {},
    origin: "config",
    enabled: true,
    state: "running",
    sinceMs: NOW_MS - 90_000,
    reason: "",
    wanted: true,
    restarts: 0,
    probes: [],
    ...view,
  };
}

export function detailsOf(details: Partial<ProcessDetails> & { readonly id: string }): ProcessDetails {
  return {
    ...viewOf(details),
    argv: ["/usr/bin/web"],
    workDir: "/var/lib/web",
    envNames: [],
    dependsOn: [],
    logs: [],
    limits: [],
    problems: [],
    ...details,
  };
}

/** Server-sent events as bytes of a stream. */
export function eventText(event: string, ...data: readonly unknown[]): string {
  return data.map((each) => `event: ${event}\ndata: ${JSON.stringify(each)}\n\n`).join("");
}
