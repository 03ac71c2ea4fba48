import { expect } from "chai";
import { SeededFaults } from "../../../../proofs/torture/faults/seeded-faults.ts";
import type { FaultSettings, InjectedFault } from "../../../../proofs/torture/faults/settings.ts";

const role = "arn:aws:iam::111111111111:role/resize";
const uuid = (index: number, run: number) =>
  `019ab000-000${run}-7000-8000-${String(index).padStart(12, "0")}`;
const everything: FaultSettings = {
  seed: 42,
  duplicate: 0.3,
  delay: 0.3,
  unacknowledged: 0.3,
  throttle: 0.3,
  slow: 0.3,
  reset: 0.3,
  crash: 0.3,
  timeout: 0.2,
  outOfMemory: 0.2,
  poison: 0.1,
};

function event(id: string, filename: string): string {
  return JSON.stringify({ Records: [{ s3: { object: { key: `${id}/${filename}` } } }] });
}

/** Returns the faults of each upload in `order` on its way through the pipeline. */
function run(settings: FaultSettings, order: readonly number[], ids = 1) {
  const injected: InjectedFault[] = [];
  const faults = new SeededFaults(settings, (fault) => injected.push(fault));
  faults.ofFunction(role);
  const decisions = new Map<number, unknown>();
  for (const index of order) {
    const id = uuid(index, ids);
    const body = event(id, `${index}+a.png`);
    const records = [{ body, attributes: { ApproximateReceiveCount: "1" } }];
    const request = (operation: string, key: string) =>
      faults.request({ place: `s3 ${operation}`, about: { key }, principal: role });
    decisions.set(index, [
      faults.deliveries("queue", body),
      faults.invocation({ functionName: "resize", roleArn: role, event: { Records: records } })?.fault,
      request("GetObject", `${id}/${index} a.png`),
      Array.from({ length: 10 }, () => request("PutObject", `files/${id}/jpg/${index} a.jpg`)),
      faults.request({
        place: "sns Publish",
        about: { message: JSON.stringify({ uploadId: id, variant: "jpg" }) },
        principal: role,
      }),
      faults.losesAcknowledgement("queue", { body, receiveCount: 1 }),
    ]);
  }
  return { decisions: [...decisions].sort(([a], [b]) => a - b), injected };
}

const forwards = Array.from({ length: 40 }, (_, index) => index);

describe("SeededFaults", () => {
  it("hit the same operations for the same seed, in any order and with any random ids", () => {
    const first = run(everything, forwards);
    const again = run(everything, forwards.toReversed(), 2);
    expect(again.decisions).to.deep.equal(first.decisions);
    const kinds = new Set(first.injected.map(({ kind }) => kind));
    expect([...kinds].sort()).to.deep.equal([
      "delay",
      "duplicate",
      "reset",
      "slow",
      "throttle",
      "unacknowledged",
    ]);
  });

  it("differ for another seed and for another start of the cloud", () => {
    const { decisions } = run(everything, forwards);
    expect(run({ ...everything, seed: 43 }, forwards).decisions).not.to.deep.equal(decisions);
    expect(run({ ...everything, generation: 1 }, forwards).decisions).not.to.deep.equal(decisions);
  });

  it("do not happen without a chance in the settings", () => {
    expect(run({ seed: 42 }, forwards).injected).to.deep.equal([]);
  });

  it("spare clients and presigned URLs unless they reach everyone", () => {
    const ask = (settings: FaultSettings, principal: string, presigned: boolean) => {
      const faults = new SeededFaults(settings);
      faults.ofFunction(role);
      return faults.request({ place: "s3 PutObject", about: { key: "k" }, principal, presigned })?.kind;
    };
    const functions: FaultSettings = { seed: 1, throttle: 1 };
    expect(ask(functions, role, false)).to.equal("throttle");
    expect(ask(functions, role, true)).to.equal(undefined);
    expect(ask(functions, "arn:aws:iam::111111111111:user/developer", false)).to.equal(undefined);
    expect(ask({ ...functions, reach: "everyone" }, role, true)).to.equal("throttle");
  });

  it("end after several attempts in a row, so that a caller that retries succeeds", () => {
    const faults = new SeededFaults({ seed: 1, throttle: 1, reach: "everyone" });
    const attempts = Array.from({ length: 8 }, () =>
      faults.request({ place: "s3 GetObject", about: { key: "k" }, principal: role }),
    );
    const failed = attempts.filter((disturbance) => disturbance !== undefined).length;
    expect(failed).to.be.within(1, 5);
    expect(attempts.indexOf(undefined)).to.equal(failed);
  });

  it("spare messages that were received often, unless they are poisoned", () => {
    const body = event(uuid(1, 1), "a.png");
    const ask = (settings: Partial<FaultSettings>, receives: number) => {
      const records = [{ body, attributes: { ApproximateReceiveCount: String(receives) } }];
      const faults = new SeededFaults({ seed: 1, spareAfterReceives: 2, ...settings });
      const planned = faults.invocation({
        functionName: "resize",
        roleArn: role,
        event: { Records: records },
      });
      const request = { place: "s3 GetObject", about: { key: `${uuid(1, 1)}/a.png` }, principal: role };
      return [planned?.fault.kind, faults.request({ ...request, presigned: false })?.kind];
    };
    const hostile: Partial<FaultSettings> = { crash: 1, throttle: 1, reach: "everyone" };
    expect(ask(hostile, 2)).to.deep.equal(["crash", "throttle"]);
    expect(ask(hostile, 3)).to.deep.equal([undefined, undefined]);
    expect(ask({ ...hostile, poison: 1 }, 5)).to.deep.equal(["poison", undefined]);
  });
});
