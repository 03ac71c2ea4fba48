import { usageOfWorkload, workloadCounter } from "@henkan/cli/cost";
import { expect } from "chai";

const MiB = 2 ** 20;
const all = [
  { name: "thumbnail", converter: "resize", options: { width: 300 } },
  { name: "preview", converter: "resize", options: { width: 1280 } },
  { name: "jpg", converter: "png-to-jpg", options: {} },
  { name: "archive", converter: "zip", options: {} },
];
const named = (...names: string[]) => all.filter(({ name }) => names.includes(name));

describe("the estimated work of a stage", () => {
  it("counts every converter that an event reaches, and reads only for converters with wanted variants", () => {
    const counter = workloadCounter(all);
    counter.add({ key: "id/a.png", bytes: 2 * MiB }, named("jpg"));
    counter.add({ key: "id/b.jpg", bytes: 1 * MiB }, named("thumbnail", "preview"));
    counter.add({ key: "id/c.txt", bytes: 3 * MiB }, named("archive"));
    const [resize, pngToJpg, zip] = counter.total();
    expect(resize).to.include({ messages: 2, uploads: 1, bytes: 1 * MiB, variants: 2, receipts: 2 });
    expect(pngToJpg).to.include({ messages: 1, uploads: 1, bytes: 2 * MiB, variants: 1, receipts: 1 });
    expect(zip).to.include({ messages: 3, uploads: 1, bytes: 3 * MiB, variants: 1, receipts: 1 });
  });

  it("waits 0.2 seconds for each upload that it converts, and 5 milliseconds for each other message", () => {
    const counter = workloadCounter(all);
    counter.add({ key: "id/a.png", bytes: 1 }, named("archive"));
    for (const key of ["id/b.png", "id/c.png"]) counter.add({ key, bytes: 1 }, named("jpg"));
    const zip = counter.total().find(({ converter }) => converter === "zip");
    expect(zip?.waitSeconds).to.be.closeTo(0.2 + 2 * 0.005, 1e-12);
  });

  it("takes more time for more bytes, for more variants and above all for AVIF", () => {
    const secondsOf = (bytes: number, options: object, variants = 1) => {
      const own = Array.from({ length: variants }, (_, index) => ({
        name: `v${index}`,
        converter: "resize",
        options,
      }));
      const counter = workloadCounter(own);
      counter.add({ key: "id/a.png", bytes }, own);
      return usageOfWorkload(counter.total()).gigabyteSeconds;
    };
    expect(secondsOf(50 * MiB, {})).to.be.above(2 * secondsOf(1 * MiB, {}));
    expect(secondsOf(MiB, {}, 4)).to.be.above(2 * secondsOf(MiB, {}));
    expect(secondsOf(MiB, { format: "avif" })).to.be.above(2 * secondsOf(MiB, { format: "webp" }));
  });

  it("counts the requests of an archive in parts", () => {
    const counter = workloadCounter(named("archive"));
    counter.add({ key: "id/a.bin", bytes: 50 * MiB }, named("archive"));
    // The upload and a receipt are read. An output and a receipt are written, in seven parts with a beginning and an end.
    expect(usageOfWorkload(counter.total())).to.include({ s3Gets: 2, s3Puts: 2 + 7 + 1 });
  });
});
