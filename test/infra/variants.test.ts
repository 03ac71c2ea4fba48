import { expect } from "chai";
import { converterNames } from "../../converters/registry.ts";
import { mistakesOf } from "./config-mistakes.ts";
import { one, runConfig } from "./stages.ts";

const mistakesOfVariant = (variant: unknown) => mistakesOf({ variants: { thumbnail: variant } });

describe("variants of a stage", () => {
  it("are thumbnail, jpg and archive when none is declared", async () => {
    const graph = await runConfig({});
    const { variables } = one(graph, "upload-api-function").inputs.environment as {
      variables: { VARIANTS: string };
    };
    expect(JSON.parse(variables.VARIANTS)).to.deep.equal([
      {
        name: "thumbnail",
        converter: "resize",
        options: {
          width: 300,
          height: 300,
          fit: "inside",
          enlarge: false,
          animated: false,
          background: "#ffffff",
        },
      },
      {
        name: "jpg",
        converter: "png-to-jpg",
        options: { quality: 80, background: "#ffffff", mozjpeg: false },
      },
      { name: "archive", converter: "zip", options: { level: 5 } },
    ]);
  });

  const at = "henkan:variants.thumbnail";
  const resizeOptions = "width, height, fit, format, quality, enlarge, animated, background";
  const mistakes: [what: string, variant: unknown, expected: string[]][] = [
    [
      "unknown options, each of them",
      { converter: "resize", width: 3, widht: 1, heigth: 2 },
      [
        `${at}.widht: unknown option; resize allows ${resizeOptions}`,
        `${at}.heigth: unknown option; resize allows ${resizeOptions}`,
      ],
    ],
    [
      "a number in quotes",
      { converter: "resize", width: "300" },
      [`${at}.width: expected an integer from 1 to 16383, received "300"`],
    ],
    [
      "numbers out of range or broken",
      { converter: "resize", width: 20_000, height: 1.5 },
      [
        `${at}.width: expected an integer from 1 to 16383, received 20000`,
        `${at}.height: expected an integer from 1 to 16383, received 1.5`,
      ],
    ],
    [
      "a word that is not allowed",
      { converter: "resize", width: 3, fit: "crop" },
      [`${at}.fit: expected "inside" or "cover" or "contain" or "fill", received "crop"`],
    ],
    [
      "a pattern and a type that do not match",
      { converter: "png-to-jpg", background: "red", mozjpeg: 1 },
      [
        `${at}.background: expected a colour such as #ffffff or #ffffff00, received "red"`,
        `${at}.mozjpeg: expected true or false, received 1`,
      ],
    ],
    [
      "options that do not go together",
      { converter: "resize", format: "webp" },
      [`${at}: width or height is needed, received {"format":"webp"}`],
    ],
    [
      "an unknown converter",
      { converter: "resise" },
      [`${at}.converter: "resise" is not a converter; allowed: ${converterNames.join(", ")}`],
    ],
    ["no converter", { width: 3 }, [`${at}.converter: is missing; allowed: ${converterNames.join(", ")}`]],
    ["no object", "zip", [`${at}: expected an object with a converter, received "zip"`]],
  ];
  for (const [what, variant, expected] of mistakes) {
    it(`are refused with ${what}`, async () => {
      expect(await mistakesOfVariant(variant)).to.deep.equal(expected);
    });
  }

  it("are refused under a name that cannot be part of a key", async () => {
    expect(await mistakesOf({ variants: { Thumb: { converter: "zip" } } })).to.deep.equal([
      'henkan:variants.Thumb: expected a name of 1 to 64 of a-z, 0-9 and -, received "Thumb"',
    ]);
  });

  it("are refused when there is none, or when they are not an object", async () => {
    expect(await mistakesOf({ variants: {} })).to.deep.equal([
      "henkan:variants: expected at least one variant, received {}",
    ]);
    expect(await mistakesOf({ variants: null })).to.deep.equal([
      "henkan:variants: expected an object of variants by name, received null",
    ]);
    expect(await mistakesOf({ variants: [1] })).to.deep.equal([
      "henkan:variants: expected an object of variants by name, received [1]",
    ]);
  });

  it("are refused when they do not fit a function's environment", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `archive-${index}`);
    const variants = Object.fromEntries(names.map((name) => [name, { converter: "zip" }]));
    const [mistake, ...others] = await mistakesOf({ variants });
    expect(others).to.deep.equal([]);
    expect(mistake).to.match(
      /^henkan:variants: 60 variants take \d+ bytes of a function's environment; at most 3584 fit$/,
    );
  });
});
