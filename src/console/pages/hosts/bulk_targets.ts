import type { HostPatch, HostView } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { putHost } from "../../kit/live.ts";
import { visible } from "../../kit/safe_text.ts";
import type { ActionTarget } from "../../ui/action_dialog.tsx";
import { stateName } from "../../ui/badge.tsx";

export function targetOf(host: HostView, reason: string | null): ActionTarget {
  return { id: host.id, name: visible(host.name, 80), detail: stateName(host.state), whyNot: reason };
}

export async function change(id: string, patch: HostPatch): Promise<void> {
  putHost(await api.patch<HostView>(`/api/v1/hosts/${encodeURIComponent(id)}`, patch));
}
