/** The walls between the rooms of js/src: who imports whom, arrows that run up, circles, names twice. */

import { readdirSync, readFileSync } from "node:fs";

/** Text of each file by its path below js/src: "wire/store.ts". */
export type Tree = Record<string, string>;

/** From the ground up: a room imports from those of the lines before its own, and from itself. */
export const ROOMS: readonly (readonly string[])[] = [
  ["ui"],
  ["wire"],
  ["color", "maps"],
  ["views"],
  ["panels"],
  ["app.ts"],
  ["run"],
  ["spaces.ts"],
  ["index.ts", "page.ts", "run.ts"],
];

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g;
const EXPORTED = /^export (?:abstract )?(?:class|interface|type) (\w+)/gm;

export function readTree(root: URL): Tree {
  const paths = readdirSync(root, { recursive: true }).map((path) => path.replaceAll("\\", "/"));
  const sources = paths.filter((path) => path.endsWith(".ts")).sort();
  return Object.fromEntries(
    sources.map((path) => [path, readFileSync(new URL(path, root), "utf8")]),
  );
}

/** The files that a file imports, for types too; styles are left out. */
export function importsOf(path: string, text: string): string[] {
  const here = new URL(path, "file:///");
  const named = Array.from(text.matchAll(IMPORT), ([, name]) => new URL(name, here).pathname);
  return named.map((name) => name.slice(1)).filter((name) => !name.endsWith(".css"));
}

/** What is wrong with the imports of a tree, a line each. */
export function brokenWalls(tree: Tree): string[] {
  const imports = new Map(
    Object.entries(tree).map(([path, text]) => [path, importsOf(path, text)] as const),
  );
  const found: string[] = [];
  for (const [path, targets] of imports) {
    const [room, height] = [roomOf(path), heightOf(path)];
    if (height < 0) found.push(`${path} stands in no room`);
    for (const target of targets) {
      if (!imports.has(target)) found.push(`${path} imports ${target}, which is not there`);
      else if (roomOf(target) !== room && heightOf(target) >= height) {
        found.push(`${path} imports ${target}, which stands no lower`);
      }
    }
  }
  return [...found, ...circles(imports)];
}

/** Classes, interfaces and types that two files export by the same name. */
export function namesTwice(tree: Tree): string[] {
  const homes = new Map<string, string>();
  const found: string[] = [];
  for (const [path, text] of Object.entries(tree)) {
    for (const [, name] of text.matchAll(EXPORTED)) {
      const home = homes.get(name);
      if (home) found.push(`${name} is exported by ${home} and ${path}`);
      homes.set(name, path);
    }
  }
  return found;
}

function roomOf(path: string): string {
  return path.split("/")[0];
}

function heightOf(path: string): number {
  return ROOMS.findIndex((rooms) => rooms.includes(roomOf(path)));
}

/** "a.ts -> b.ts -> a.ts", for one way round of each circle that a walk meets. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(" -> "));
    if (start >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  return found;
}
