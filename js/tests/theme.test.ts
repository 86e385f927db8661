import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { luminance, type Theme, themeOf } from "../src/ui/theme.ts";
import { contrast } from "./contrast.ts";

const css = readFileSync(new URL("../src/styles/theme.css", import.meta.url), "utf8");
const signs = { jupyter: null, words: [], ground: null, prefersDark: false };

describe("the host's theme", () => {
  it("is JupyterLab's, whatever the system prefers", () => {
    expect(themeOf({ ...signs, jupyter: "true", prefersDark: true })).toBe("light");
    expect(themeOf({ ...signs, jupyter: "false" })).toBe("dark");
  });

  it.each<[string, Theme]>([
    ["vscode-dark", "dark"],
    ["vscode-light", "light"],
    ["dark", "dark"],
    ["quarto-light", "light"],
  ])("is read from the word %s of other hosts", (word, theme) => {
    expect(themeOf({ ...signs, words: ["page", word], prefersDark: theme === "light" })).toBe(
      theme,
    );
  });

  it("is light on VS Code's light high-contrast page, which carries both words", () => {
    const words = ["vscode-high-contrast", "vscode-high-contrast-light"];
    expect(themeOf({ ...signs, words })).toBe("light");
  });

  it("is that of the ground when there is no word", () => {
    const ground = luminance("rgb(24, 24, 24)");
    expect(themeOf({ ...signs, ground })).toBe("dark");
    expect(themeOf({ ...signs, ground, words: ["light"] })).toBe("light");
    expect(themeOf({ ...signs, ground: luminance("rgb(250, 250, 250)"), prefersDark: true })).toBe(
      "light",
    );
    expect(luminance("rgba(0, 0, 0, 0)")).toBeNull();
    expect(luminance("rgb(255 255 255 / 0.9)")).toBeCloseTo(1);
  });

  it("is the system's when the host says nothing", () => {
    expect(themeOf(signs)).toBe("light");
    expect(themeOf({ ...signs, prefersDark: true })).toBe("dark");
  });
});

/** Custom properties of a theme; the dark one overrides the light one. */
function tokensOf(theme: Theme): Map<string, string> {
  const blocks = css.split("}").slice(0, theme === "light" ? 1 : 2);
  return new Map(
    blocks.flatMap((block) =>
      Array.from(
        block.matchAll(/--ew-([a-z-]+): (#[0-9a-f]{6});/g),
        ([, name, value]) => [name, value] as const,
      ),
    ),
  );
}

describe.each<Theme>(["light", "dark"])("texts of the %s theme", (theme) => {
  const tokens = tokensOf(theme);
  const grounds = ["bg", "panel", "raised", "hover"];

  it.each([
    ["fg", [...grounds, "shared-tint", "shared-hover", "accent-tint"]],
    ["muted", [...grounds, "shared-tint", "accent-tint"]],
    ["a-ink", ["bg", "panel", "accent-tint"]],
    ["b-ink", ["bg", "panel"]],
    ["error", ["bg", "error-tint"]],
  ])("keep a contrast of 4.5: %s", (ink, on) => {
    for (const ground of on) {
      const ratio = contrast(tokens.get(ink) ?? "", tokens.get(ground) ?? "");
      expect(ratio, `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("has marks that stand out from the ground", () => {
    for (const mark of ["a", "b", "shared", "accent"]) {
      expect(contrast(tokens.get(mark) ?? "", tokens.get("bg") ?? ""), mark).toBeGreaterThanOrEqual(
        3,
      );
    }
  });
});
