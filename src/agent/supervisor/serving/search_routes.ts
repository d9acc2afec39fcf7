import { AppError, messageOf } from "../../../core/mod.ts";
import { type AnyRoute, defineRawRoute, jsonLines } from "../../../http/mod.ts";
import { logSearchQuery, SEARCH_CONTENT_TYPE, type SearchEnd, type SearchLine } from "../../../protocol/mod.ts";
import type { SearchedProcess, SearchQuery } from "../logs/search/search_query.ts";
import type { Supervisor } from "../supervisor.ts";

/** Each may keep a part of the agent's one core busy. */
const MAX_SEARCHES = 4;
const NOTHING: SearchEnd = { type: "end", matches: 0, scannedBytes: 0, files: 0 };

/** What the control API has of the history of logs. */
export function searchRoutes(supervisor: Supervisor, nowMs: () => number): AnyRoute[] {
  let running = 0;
  return [
    defineRawRoute({
      method: "GET",
      path: "/v1/logs/search",
      summary: "Search the logs of all processes, rotated and compressed files included, the newest lines first",
      description:
        "Answers with lines of JSON, each with a type: `match`, `progress`, and at last `end`, which says whether all " +
        "was searched. Whoever leaves ends the search.",
      access: "owner",
      query: logSearchQuery(),
      produces: [SEARCH_CONTENT_TYPE],
      errors: ["not_found", "rate_limited", "unavailable"],
      handle: async ({ query, signal }) => {
        const { searchQueryOf, chosenProcesses } = await import("./search_request.ts");
        const asked = searchQueryOf(query, nowMs());
        const processes = chosenProcesses(query.process, supervisor.views());
        if (running >= MAX_SEARCHES) {
          const message = `Cannot search: ${MAX_SEARCHES} searches run already; wait until one has ended`;
          throw new AppError("rate_limited", message, { retryable: true });
        }
        running++;
        return jsonLines((gone) => search(supervisor, processes, asked, gone), { signal, onEnd: () => void running-- });
      },
    }),
  ];
}

/** What goes wrong in the middle is told at the end, beside what was found before. */
async function* search(
  supervisor: Supervisor,
  processes: readonly SearchedProcess[],
  query: SearchQuery,
  gone: AbortSignal,
): AsyncGenerator<SearchLine, void> {
  // Where there are no processes nothing of the supervisor is read for this.
  if (processes.length === 0) return yield NOTHING;
  let matches = 0;
  try {
    const { logs } = (await supervisor.keeper()).equipment;
    for await (const line of logs.search(processes, query, gone)) {
      if (line.type === "match") matches++;
      yield line;
    }
  } catch (error) {
    gone.throwIfAborted();
    yield { ...NOTHING, matches, incomplete: "failed", problems: [messageOf(error)] };
  }
}
