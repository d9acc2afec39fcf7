import { t } from "../../kit/i18n/i18n.ts";

export interface NewAdmin {
  readonly name: string;
  readonly password: string;
  readonly again: string;
}

/** As protocol/manager/people.ts has it; the manager checks it anyhow. */
const NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;
const MIN_PASSWORD_LENGTH = 12;

/** What is wrong with which field; nothing when it can be sent. */
export function missingOf({ name, password, again }: NewAdmin): Partial<Record<keyof NewAdmin, string>> {
  const left = MIN_PASSWORD_LENGTH - password.length;
  return {
    ...(!NAME.test(name) && { name: t("setup.name_bad") }),
    ...(left > 0 && { password: t("setup.password_short", { n: left }) }),
    ...(again !== password && { again: t("setup.again_bad") }),
  };
}
