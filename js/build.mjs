/** Builds the bundle that the wheel ships: the widget's code, deflated, and a module that unpacks it. */

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "embwidget/static";

/**
 * anywidget sends all of it with every widget, so its size is paid each time: the deflated code as
 * text is less than half of it. Browsers keep every module for as long as the page lives, and anywidget makes
 * a new one for each widget. So that one is small, and takes the code, which all widgets share, from
 * a trait.
 */
const loader = (key) => `\
/* embwidget ${process.env.npm_package_version}: loads js/src, which comes packed; see js/build.mjs */
const code = (c) => (c === 125 ? 60 : c === 126 ? 92 : c) - 40;
const unpack = async (packed) => {
  const words = new DataView(new ArrayBuffer(((packed.length - 1) / 5) * 4));
  for (let at = 0; at < words.byteLength; at += 4) {
    let word = 0;
    for (let i = 0; i < 5; i++) word = word * 85 + code(packed.charCodeAt((at / 4) * 5 + i));
    words.setUint32(at, word);
  }
  const bytes = words.buffer.slice(0, words.byteLength - packed.at(-1));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const text = new Blob([await new Response(stream).blob()], { type: "text/javascript" });
  const url = URL.createObjectURL(text);
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

/**
 * Bytes as text, five characters for four bytes where base64 has 5 1/3: the 85 from "(" on, with "}"
 * for "<" and "~" for the backslash, so that neither JSON nor HTML writes one of them as more. The
 * last character says how many bytes were added.
 */
function asText(bytes) {
  const padding = (4 - (bytes.length % 4)) % 4;
  const padded = Buffer.concat([bytes, Buffer.alloc(padding)]);
  let text = "";
  for (let at = 0; at < padded.length; at += 4) {
    let word = padded.readUInt32BE(at);
    let five = "";
    for (let i = 0; i < 5; i++) {
      five = String.fromCharCode(40 + (word % 85)) + five;
      word = Math.floor(word / 85);
    }
    text += five;
  }
  return text.replaceAll("<", "}").replaceAll("\\", "~") + padding;
}

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
    const packed = asText(deflateRawSync(text, { level: 9, memLevel: 9 }));
    const key = createHash("sha256").update(packed).digest("hex").slice(0, 16);
    writeFileSync(path.replace(/js$/, "packed"), packed);
    writeFileSync(path, loader(key));
  } else {
    writeFileSync(path, text);
  }
}
