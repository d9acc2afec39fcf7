import { settingsChange, type SettingsRules, settingsRules, tokenParams } from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import type { SettingsPort } from "../ports.ts";

const TAG = { tags: ["settings"] };

export function settingRoutes(make: RouteMaker, settings: SettingsPort): ManagerRoute[] {
  return [
    make.verb("settings.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/settings",
      summary: "Show the rules that set what can change while agents run",
      response: settingsRules,
      handle: () => rulesOf(settings),
    }),
    make.verb("settings.change", {
      ...TAG,
      method: "PUT",
      path: "/api/v1/settings",
      summary: "Set keys for the hosts of a selector; null takes a key out",
      body: settingsChange(),
      response: settingsRules,
      errors: ["conflict"],
      audit: {
        action: "settings.change",
        subject: ({ body }) => `hosts ${selectorWords(body?.select)}`,
        details: ({ body }) => ({ values: body?.values }),
      },
      handle: async ({ caller, body }) => {
        await settings.put(body, caller.actor);
        return rulesOf(settings);
      },
    }),
    make.verb("settings.change", {
      ...TAG,
      method: "DELETE",
      path: "/api/v1/settings/{id}",
      summary: "Take a rule away",
      params: tokenParams(),
      response: settingsRules,
      errors: ["not_found"],
      audit: { action: "settings.remove", subject: ({ params }) => `rule ${params.id}` },
      handle: async ({ caller, params }) => {
        await settings.remove(params.id, caller.actor);
        return rulesOf(settings);
      },
    }),
  ];
}

function rulesOf(settings: SettingsPort): SettingsRules {
  const { version, rules } = settings.rules();
  return { version, rules: [...rules] };
}

function selectorWords(select = ""): string {
  return select === "" ? "all" : select;
}
