/** Builds the bundle that the wheel ships: the widget's code, deflated, and a module that unpacks it. */

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "embwidget/static";

/**
 * anywidget sends all of it with every widget, so its size is paid each time: base64 of the deflated
 * code is half of it. Browsers keep every module for as long as the page lives, and anywidget makes
 * a new one for each widget. So that one is small, and takes the code, which all widgets share, from
 * a trait.
 */
const loader = (key) => `\
/* embwidget ${process.env.npm_package_version}: loads js/src, which comes packed; see js/build.mjs */
const unpack = async (packed) => {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const code = new Blob([await new Response(stream).blob()], { type: "text/javascript" });
  const url = URL.createObjectURL(code);
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
};
const key = Symbol.for("embwidget ${key}");
const load = async (packed) => {
  globalThis[key] ??= unpack(packed);
  try {
    return (await globalThis[key]).default();
  } catch (error) {
    delete globalThis[key];
    throw error;
  }
};
export default () => {
  let widget;
  const get = (model) => (widget ??= load(model.get("_code")));
  return {
    initialize: async (props) => {
      const stop = (await get(props.model)).initialize(props);
      return () => {
        stop();
        // JupyterLab keeps the models of closed widgets, and a model what it was before a change.
        for (const nothing of ["", null]) props.model.set("_code", nothing);
      };
    },
    render: async (props) => (await get(props.model)).render(props),
  };
};
`;

const { outputFiles } = await build({
  entryPoints: ["js/src/index.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: OUT,
  write: false,
});

mkdirSync(OUT, { recursive: true });
for (const { path, text } of outputFiles) {
  if (path.endsWith(".js")) {
    const packed = deflateRawSync(text, { level: 9 }).toString("base64");
    const key = createHash("sha256").update(packed).digest("hex").slice(0, 16);
    writeFileSync(path.replace(/js$/, "packed"), packed);
    writeFileSync(path, loader(key));
  } else {
    writeFileSync(path, text);
  }
}
