import { expect } from "chai";
import { fixedFiles, mutatedFiles } from "../../../proofs/corpus/corpus.ts";
import type { HostileFile } from "../../../proofs/corpus/hostile-file.ts";
import { mutatedFile } from "../../../proofs/corpus/mutated-files.ts";
import { type Trial, TrialRun } from "../../../proofs/corpus/trial.ts";

/** Every nth file of kinds that repeat the same damage for many chunks or types; the other kinds are tested in full. */
const everyNth: Readonly<Record<string, number>> = {
  "damaged-png": 5,
  "no-picture": 4,
  "wrong-type": 2,
  name: 3,
};

function selected(): HostileFile[] {
  const fixed = [...Map.groupBy(fixedFiles(), ({ kind }) => kind)].flatMap(([kind, files]) =>
    files.filter(({ heavy }, index) => !heavy && index % (everyNth[kind] ?? 1) === 0),
  );
  return [...fixed, ...mutatedFiles({ seed: 1, mutations: 75 })];
}

async function trialsOf(run: TrialRun, file: HostileFile): Promise<Trial[]> {
  const trials: Trial[] = [];
  for await (const trial of run.try(file)) trials.push(trial);
  return trials;
}

const picture: HostileFile = {
  kind: "own",
  name: "own",
  filename: "a.png",
  expected: "ready",
  contents: () => Buffer.from("no picture"),
};

describe("the hostile corpus", () => {
  let run: TrialRun;
  before(() => {
    run = new TrialRun();
  });
  after(() => run.close());

  for (const [kind, files] of Map.groupBy(selected(), (file) => file.kind)) {
    it(`finds no defect with files of kind ${kind}`, async () => {
      for (const file of files) {
        for (const { id, converter, defects } of await trialsOf(run, file)) {
          expect(defects, `${id}, ${converter}`).to.deep.equal([]);
        }
      }
    });
  }

  it("makes the same file from the same seed", async () => {
    const [one, same, other] = await Promise.all([7, 7, 8].map((seed) => mutatedFile(seed).contents()));
    expect(one?.equals(same ?? Buffer.alloc(0))).to.equal(true);
    expect(one?.equals(other ?? Buffer.alloc(0))).to.equal(false);
  });

  it("reports an unexpected outcome", async () => {
    const trials = await trialsOf(run, picture);
    const defects = trials
      .filter(({ converter }) => converter === "png-to-jpg")
      .flatMap((trial) => trial.defects);
    expect(defects).to.deep.equal(["expected ready but received unsupported-format"]);
  });

  it("reports a picture with the wrong colours", async () => {
    const [valid] = fixedFiles().filter(({ quadrants }) => quadrants);
    if (!valid) throw new Error("Expected a picture of known colours");
    const white = [255, 255, 255] as const;
    const trials = await trialsOf(run, { ...valid, quadrants: [white, white, white, white] });
    expect(trials.flatMap(({ defects }) => defects).join()).to.match(/^jpg shows .+ instead of/);
  });
});
