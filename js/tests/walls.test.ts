import { describe, expect, it } from "vitest";
import { brokenWalls, importsOf, namesTwice, readTree } from "./walls.ts";

const tree = readTree(new URL("../src/", import.meta.url));

describe("the rooms of js/src", () => {
  it("import only from rooms below, and no file from itself by a circle", () => {
    expect(Object.keys(tree)).toContain("wire/page/answers.ts");
    expect(brokenWalls(tree)).toEqual([]);
  });

  it("let the panels and the app alone know the store: views take values and callbacks", () => {
    const knowing = Object.keys(tree).filter((path) =>
      importsOf(path, tree[path]).includes("wire/store.ts"),
    );
    expect(knowing.filter((path) => /^(ui|color|maps|views)/.test(path))).toEqual([]);
    expect(knowing).toContain("panels/panel.ts");
  });

  it("export no name twice", () => {
    expect(namesTwice(tree)).toEqual([]);
  });

  it("hold no file above 350 lines", () => {
    const long = Object.keys(tree).filter((path) => tree[path].split("\n").length > 351);
    expect(long).toEqual([]);
  });
});

describe("the walls", () => {
  const added = (path: string, line: string) => ({ ...tree, [path]: `${line}\n${tree[path]}` });

  it.each([
    ["wire/store.ts", 'import type { Panel } from "../panels/panel.ts";', "panels/panel.ts"],
    ["maps/grid.ts", 'import { cssOf } from "../color/color.ts";', "color/color.ts"],
    ["views/tabs.ts", 'export { App } from "../app.ts";', "app.ts"],
    ["panels/side.ts", 'const late = import("../index.ts");', "index.ts"],
  ])("tell of an arrow up from %s", (path, line, target) => {
    expect(brokenWalls(added(path, line))).toContain(
      `${path} imports ${target}, which stands no lower`,
    );
  });

  it("tell of a circle within a room", () => {
    const [circle, ...others] = brokenWalls(
      added("wire/model.ts", 'import type { Store } from "./store.ts";'),
    );
    expect(circle).toContain("wire/store.ts");
    expect(circle).toContain("wire/model.ts");
    expect([circle, ...others].every((line) => line.includes(" -> "))).toBe(true);
  });

  it("tell of a file in no room and of a file that is not there", () => {
    const lost = 'import { h } from "./ui/dom.ts";\nimport "./gone.ts";\nimport "./a.css";';
    expect(brokenWalls({ ...tree, "lost.ts": lost })).toEqual([
      "lost.ts stands in no room",
      "lost.ts imports ui/dom.ts, which stands no lower",
      "lost.ts imports gone.ts, which is not there",
    ]);
  });

  it("tell of a name that is exported twice", () => {
    expect(namesTwice(added("ui/dom.ts", "export interface Store {}"))).toHaveLength(1);
  });

  it("see every form of an import", () => {
    const text = [
      'import a from "./a.ts";',
      'import {\n  b,\n  type B,\n} from "./b.ts";',
      'import "../c.ts";',
      'export * from "./d/d.ts";',
      'await import("./e.ts");',
      'import { f } from "vitest";',
    ].join("\n");
    const found = ["ui/a.ts", "ui/b.ts", "c.ts", "ui/d/d.ts", "ui/e.ts"];
    expect(importsOf("ui/x.ts", text)).toEqual(found);
  });
});
