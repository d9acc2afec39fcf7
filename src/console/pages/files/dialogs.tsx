import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { FileEntry } from "../../../protocol/mod.ts";
import { ApiProblem, isAbort, PROBLEM_CODES } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { FormDialog } from "../shared/form.tsx";
import { useSubmit } from "../shared/submit.ts";
import { act, countEntries } from "./file_api.ts";
import { entryKeys } from "./listing.ts";
import { MODE_BITS, modeText, octalText, parseOctal } from "./model/file_mode.ts";
import { joinPath, nameProblem } from "./model/host_path.ts";

interface Shared {
  readonly hostId: string;
  /** In which they are. */
  readonly folder: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks for a name, and does something with it. */
function NameDialog({ title, verb, value, folder, onClose, run, note }: {
  readonly title: string;
  readonly verb: string;
  readonly value: string;
  readonly folder: string;
  readonly onClose: () => void;
  readonly run: (name: string) => Promise<void>;
  readonly note?: string | null;
}): JSX.Element {
  const name = useSignal(value);
  const isTried = useSignal(false);
  const wrong = nameProblem(name.value, folder);
  const form = useSubmit(async () => {
    isTried.value = true;
    if (nameProblem(name.peek(), folder) === null) await run(name.peek());
  });
  return (
    <FormDialog title={title} verb={verb} form={form} onClose={onClose}>
      <Field
        label={t("files.name")}
        value={name.value}
        onInput={(next) => name.value = next}
        problem={wrong !== null && (isTried.value || (wrong !== "empty" && name.value !== value))
          ? t(`files.name_${wrong}`)
          : null}
        maxLength={255}
        isMono
        hasFocus
      />
      {note !== undefined && note !== null && <p class="warn">{note}</p>}
    </FormDialog>
  );
}

export function NewFolderDialog({ hostId, folder, onClose, onDone }: Shared): JSX.Element {
  return (
    <NameDialog
      title={t("files.new_folder_in", { path: visible(folder, 80) })}
      verb={t("common.create")}
      value=""
      folder={folder}
      onClose={onClose}
      run={async (name) => {
        await act(hostId, { action: "mkdir", path: joinPath(folder, name) });
        onDone();
        onClose();
      }}
    />
  );
}

export function RenameDialog(
  { hostId, folder, entry, isFolderThere, onClose, onDone }: Shared & {
    readonly entry: FileEntry;
    /** A folder is not replaced by anything. */
    readonly isFolderThere: (name: string) => boolean;
  },
): JSX.Element {
  /** The name that was found to be taken; saying it again replaces what has it. */
  const taken = useSignal<string | null>(null);
  return (
    <NameDialog
      title={t("files.rename_title", { name: visible(entry.name, 80) })}
      verb={t(taken.value === null ? "files.rename" : "files.replace")}
      value={entry.name}
      folder={folder}
      onClose={onClose}
      note={taken.value === null ? null : t("files.rename_exists")}
      run={async (name) => {
        const [path, to] = [joinPath(folder, entry.name), joinPath(folder, name)];
        if (path === to) return onClose();
        try {
          await act(hostId, { action: "rename", path, to, ...(taken.peek() === name && { overwrite: true }) });
        } catch (error) {
          const isTaken = error instanceof ApiProblem && error.code === PROBLEM_CODES.conflict;
          if (!isTaken || taken.peek() === name || entry.kind === "directory" || isFolderThere(name)) throw error;
          taken.value = name;
          return;
        }
        onDone();
        onClose();
      }}
    />
  );
}

export function RightsDialog(
  { hostId, folder, entries, onClose, onDone }: Shared & { readonly entries: readonly FileEntry[] },
): JSX.Element {
  const octal = useSignal(octalText(parseOctal(entries[0]?.mode ?? "") ?? 0o644));
  const mode = parseOctal(octal.value);
  return (
    <ActionDialog
      title={t("files.rights_title", { n: entries.length })}
      verb={t("common.apply")}
      targets={Array.from(entryKeys(entries), ([entry, id]) => ({
        id,
        name: entry.name,
        detail: <span class="mono">{modeText(parseOctal(entry.mode ?? "") ?? 0)}</span>,
        whyNot: entry.hasOddName === true ? t("files.odd_name") : null,
      }))}
      whyNot={mode === null ? t("files.rights_wrong") : null}
      run={async ({ id }, signal) => {
        await act(hostId, { action: "chmod", path: joinPath(folder, id), mode: octal.peek() }, signal);
        return modeText(mode ?? 0);
      }}
      onClose={onClose}
      onDone={onDone}
    >
      <RightsGrid mode={mode ?? 0} onChange={(next) => octal.value = octalText(next)} />
      <Field
        label={t("files.rights_octal")}
        value={octal.value}
        onInput={(next) => octal.value = next}
        problem={mode === null ? t("files.rights_wrong") : null}
        hint={mode === null ? undefined : t("files.rights_will", { mode: modeText(mode) })}
        maxLength={4}
        isMono
      />
    </ActionDialog>
  );
}

function RightsGrid({ mode, onChange }: {
  readonly mode: number;
  readonly onChange: (mode: number) => void;
}): JSX.Element {
  const kinds = [["read", 4], ["write", 2], ["execute", 1]] as const;
  return (
    <div class="stack tight">
      {MODE_BITS.map(({ who, shift }) => (
        <fieldset key={who} class="files-rights">
          <legend>{t(`files.who_${who}`)}</legend>
          {kinds.map(([kind, bit]) => (
            <label key={kind} class="check">
              <input
                type="checkbox"
                checked={(mode & bit << shift) !== 0}
                onChange={() => onChange(mode ^ bit << shift)}
              />
              {t(`files.may_${kind}`)}
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

const MAX_COUNTED = 20;

export function DeleteDialog(
  { hostId, folder, entries, onClose, onDone }: Shared & { readonly entries: readonly FileEntry[] },
): JSX.Element {
  const folders = entries.filter(({ kind }) => kind === "directory");
  const counts = useSignal<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const left = new AbortController();
    void (async () => {
      for (const { name } of folders.slice(0, MAX_COUNTED)) {
        const words = await holdings(hostId, joinPath(folder, name), left.signal);
        if (words === null) return;
        counts.value = new Map(counts.peek()).set(name, words);
      }
    })();
    return () => left.abort();
  }, []);
  const [only] = folders;
  return (
    <ActionDialog
      title={t("files.delete_title", { n: entries.length })}
      verb={t("common.delete")}
      isDanger
      targets={Array.from(entryKeys(entries), ([entry, id]) => ({
        id,
        name: entry.name,
        detail: counts.value.get(entry.name) ?? t(`files.kind_${entry.kind}`),
        whyNot: entry.hasOddName === true ? t("files.odd_name") : null,
      }))}
      typeToConfirm={only === undefined ? undefined : folders.length === 1 ? only.name : String(folders.length)}
      run={async ({ id }, signal) => {
        const isFolder = folders.some(({ name }) => name === id);
        const action = { action: "delete", path: joinPath(folder, id), ...(isFolder && { recursive: true }) } as const;
        const { removed } = await act(hostId, action, signal);
        return removed === undefined ? undefined : t("files.deleted", { n: removed });
      }}
      concurrency={4}
      onClose={onClose}
      onDone={onDone}
    >
      <p>
        {t("files.delete_why")} {folders.length > 0 && t("files.delete_folders")}
      </p>
    </ActionDialog>
  );
}

/** How much is in a folder, in words; null when the dialog was left meanwhile. */
async function holdings(hostId: string, path: string, signal: AbortSignal): Promise<string | null> {
  try {
    const count = await countEntries(hostId, path, signal);
    if (count === null) return t("files.holds_many", { n: 1_000 });
    return count === 0 ? t("files.holds_nothing") : t("files.holds", { n: count });
  } catch (error) {
    if (signal.aborted || isAbort(error)) return null;
    // It cannot be looked into; deleting it will say why.
    return t("files.kind_directory");
  }
}
