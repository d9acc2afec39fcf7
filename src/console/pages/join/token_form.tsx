import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { MadeJoinToken, NewJoinToken } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { labelsOf } from "../../kit/labels.ts";
import { visible } from "../../kit/safe_text.ts";
import { Field, Select } from "../../ui/field.tsx";

export const SPANS = ["1h", "24h", "7d", "30d"] as const;
export type Span = (typeof SPANS)[number];

export interface TokenWish {
  readonly name: string;
  readonly expiresIn: Span;
  readonly maxUses: string;
  readonly labels: string;
}

const SPAN_NAMES = { "1h": "join.h1", "24h": "join.h24", "7d": "join.d7", "30d": "join.d30" } as const;
const MAX_USES = 100_000;

export function TokenFields({ wish, hasName = false }: {
  readonly wish: Signal<TokenWish>;
  readonly hasName?: boolean | undefined;
}): JSX.Element {
  const set = (change: Partial<TokenWish>) => wish.value = { ...wish.peek(), ...change };
  const { name, expiresIn, maxUses, labels } = wish.value;
  const problems = wishProblems(wish.value);
  return (
    <>
      {hasName && (
        <Field
          label={t("join.name")}
          hint={t("join.name_hint")}
          value={name}
          onInput={(value) => set({ name: value })}
          maxLength={80}
          hasFocus
        />
      )}
      <div class="grid2">
        <Select
          label={t("join.expires_in")}
          value={expiresIn}
          options={SPANS.map((span) => ({ value: span, label: t(SPAN_NAMES[span]) }))}
          onChange={(value) => set({ expiresIn: value })}
        />
        <Field
          label={t("join.max_uses")}
          type="number"
          value={maxUses}
          problem={problems.maxUses}
          onInput={(value) => set({ maxUses: value })}
        />
      </div>
      <Field
        label={t("join.labels")}
        hint={t("join.labels_hint")}
        value={labels}
        problem={problems.labels}
        onInput={(value) => set({ labels: value })}
        isMono
      />
    </>
  );
}

/** What is wrong with which field. */
export function wishProblems({ maxUses, labels }: TokenWish): { readonly maxUses?: string; readonly labels?: string } {
  const uses = Number(maxUses);
  const { wrong } = labelsOf(labels);
  const isWhole = Number.isInteger(uses) && uses >= 1 && uses <= MAX_USES;
  return {
    ...(!isWhole && { maxUses: t("join.max_uses_bad") }),
    ...(wrong !== null && { labels: t("hosts.labels_wrong", { text: visible(wrong, 60) }) }),
  };
}

export function isGoodWish(wish: TokenWish): boolean {
  return Object.keys(wishProblems(wish)).length === 0;
}

export function makeToken(wish: TokenWish, signal?: AbortSignal): Promise<MadeJoinToken> {
  const { labels } = labelsOf(wish.labels);
  const body: NewJoinToken = {
    ...(wish.name.trim() !== "" && { name: wish.name.trim() }),
    expiresIn: wish.expiresIn,
    maxUses: Number(wish.maxUses),
    ...(labels !== null && Object.keys(labels).length > 0 && { labels: { ...labels } }),
  };
  return api.post<MadeJoinToken>("/api/v1/join-tokens", body, signal === undefined ? {} : { signal });
}
