import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../core/mod.ts";
import { Certificates } from "./certificates.ts";
import type { ServerCertificate } from "./contract.ts";

const DAY_MS = 86_400_000;
const never = new AbortController().signal;

function certificatesIn(dir: string) {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const served: ServerCertificate[] = [];
  const troubles: (string | null)[] = [];
  let refuse = false;
  const certificates = new Certificates({
    given: null,
    dir: join(dir, "tls"),
    names: () => Promise.resolve({ needed: ["localhost"], besides: [] }),
    clock,
    log,
    onChange(certificate) {
      if (refuse) return Promise.reject(new AppError("unavailable", "Cannot listen"));
      served.push(certificate);
      return Promise.resolve();
    },
    onTrouble: (reason) => void troubles.push(reason),
  });
  const refusing = (on: boolean) => void (refuse = on);
  return { certificates, component: certificates.component([]), clock, records, served, troubles, refusing };
}

Deno.test("a certificate that ends soon is replaced by a new one, which is served from then on", () =>
  inTempDir(async (dir) => {
    const { certificates, component, clock, served, troubles } = certificatesIn(dir);
    await component.start(never);
    const first = certificates.found();
    assert.equal(await certificates.refresh(), false);
    await clock.advance(340 * DAY_MS);
    assert.equal(await certificates.refresh(), true);
    assert.deepEqual(served, [certificates.found()]);
    assert.notEqual(certificates.found()?.identity.cert, first?.identity.cert);
    assert.ok(troubles.every((trouble) => trouble === null));
    await component.stop();
  }));

Deno.test("a certificate that cannot be served leaves the old one in force, and is said once", () =>
  inTempDir(async (dir) => {
    const { certificates, component, clock, records, troubles, refusing } = certificatesIn(dir);
    await component.start(never);
    const first = certificates.found();
    await clock.advance(340 * DAY_MS);
    refusing(true);
    for (let time = 0; time < 3; time++) assert.equal(await certificates.refresh(), false);
    assert.equal(certificates.found(), first);
    assert.equal(troubles.at(-1), "Cannot listen");
    assert.equal(records.filter(({ msg }) => msg === "renewal of the certificate failed").length, 1);
    refusing(false);
    assert.equal(await certificates.refresh(), true);
    assert.equal(troubles.at(-1), null);
    await component.stop();
  }));

Deno.test("files that cannot be used are a failed start, and later no more than a trouble", () =>
  inTempDir(async (dir) => {
    const { certificates, component, troubles } = certificatesIn(dir);
    const missing = { certFile: join(dir, "none.pem"), keyFile: join(dir, "none.key") };
    certificates.useFiles(missing);
    await assert.rejects(component.start(never), { code: "invalid_config" });
    await component.stop();
    certificates.useFiles(null);
    await component.start(never);
    certificates.useFiles(missing);
    assert.equal(await certificates.refresh(), false);
    assert.match(troubles.at(-1) ?? "", /tls\.cert_file/);
    await component.stop();
  }));
