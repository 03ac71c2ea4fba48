import { expect } from "chai";
import { permanentErrorCodes } from "../../contract/error-codes.ts";
import { sourceType } from "../../contract/source-type.ts";
import { fixedFiles, mutatedFiles } from "../../proofs/corpus/corpus.ts";
import { type HostileFile, idOf } from "../../proofs/corpus/hostile-file.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { finished, upload } from "../support/uploads.ts";

/** Returns the first file of every kind that the API accepts, and a bomb of each format. */
function oneOfEachKind(): HostileFile[] {
  const light = [...fixedFiles(), ...mutatedFiles({ seed: 1, mutations: 100 })].filter(({ heavy }) => !heavy);
  const group = ({ kind, filename }: HostileFile) => (kind === "bomb" ? `${kind} ${filename}` : kind);
  return [...Map.groupBy(light, group)].flatMap(([, files]) =>
    files.filter(({ expected }) => expected !== "empty-file").slice(0, 1),
  );
}

describe("hostile files, end to end", () => {
  const data = temporaryDirectory();
  const logs: string[] = [];
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await startPipeline(data.path, { onLog: (_name, line) => logs.push(line) });
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  for (const file of oneOfEachKind()) {
    it(`makes the variants of ${idOf(file)}, or fails with a permanent code`, async () => {
      const { filename, expected } = file;
      const contents = await file.contents();
      const { id } = await upload(pipeline, filename, sourceType(filename).contentType, contents);
      const { variants } = await finished(pipeline, id);
      for (const { name, state, url = "", error } of variants) {
        const outcome = error?.code ?? state;
        const wanted = name === "archive" ? "ready" : expected;
        if (wanted === "any") expect(outcome, name).to.be.oneOf(["ready", ...permanentErrorCodes]);
        else expect(outcome, name).to.equal(wanted);
        if (state === "ready") expect((await fetch(url)).status, url).to.equal(200);
      }
    });
  }

  it("end no function and cause no retry", () => {
    expect(pipeline.reports.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    expect(logs.filter((line) => line.includes('"result":"retry"'))).to.deep.equal([]);
    expect(logs.some((line) => line.includes('"result":"failed"'))).to.equal(true);
  });
});
