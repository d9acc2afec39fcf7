import type { User } from "../../../protocol/mod.ts";

/** What can be done to a user. */
export type UserAction = "edit" | "reset" | "disable" | "enable" | "remove";

export interface UserDialogProps {
  readonly user: User;
  readonly onClose: () => void;
  readonly onDone: () => void;
}
