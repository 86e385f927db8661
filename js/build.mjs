/**
 * Builds the bundles that the wheel ships. The widget's is code and styles, deflated, and a module that
 * unpacks them; that of exported files is classic scripts, that of `embwidget run` one module. What only
 * several spaces need is a part of its own, which most widgets and files do without.
 */

import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { deflateAsync } from "@gfx/zopfli";
import { build, context, transform } from "esbuild";

const OUT = "embwidget/static";

/**
 * anywidget sends all of it with every widget, so its size is paid each time: the deflated code as
 * text is less than half of it. Browsers keep every module for as long as the page lives, and anywidget makes
 * a new one for each widget. So that one is small, and takes the code, which all widgets share, from
 * a trait.
 */
const loader = (keys) => `\
/* embwidget ${process.env.npm_package_version}: loads js/src, which comes packed; see js/build.mjs */
const code = (c) => (c === 33 ? 60 : c === 126 ? 92 : c) - 35;
const unpack = async (packed) => {
  const length = packed.length - 1;
  const bytes = new Uint8Array(Math.floor((length * 13) / 16) - packed[length]);
  let bits = 0;
  let n = 0;
  let end = 0;
  for (let at = 0; at < length; at += 2) {
    bits = (bits << 13) | (code(packed.charCodeAt(at)) * 91 + code(packed.charCodeAt(at + 1)));
    for (n += 13; n >= 8; bits &= (1 << n) - 1) bytes[end++] = bits >> (n -= 8);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const text = await new Response(stream).text();
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(url);
  } catch {
    // Some policies allow scripts of data alone.
    return import("data:text/javascript," + encodeURIComponent(text));
  } finally {
    URL.revokeObjectURL(url);
  }
};
const load = async (name, packed) => {
  const key = Symbol.for("embwidget " + name);
  globalThis[key] ??= unpack(packed);
  try {
    return await globalThis[key];
  } catch (error) {
    delete globalThis[key];
    throw error;
  }
};
export default () => {
  let widget;
  const open = async (model) => {
    const loadSpaces = () => load("${keys.spaces}", model.get("_spaces_code"));
    // On its way beside the other; who waits for it says what is wrong with it.
    if (model.get("_spaces_code")) loadSpaces().catch(() => {});
    return (await load("${keys.index}", model.get("_code"))).default(loadSpaces);
  };
  const get = (model) => (widget ??= open(model));
  return {
    initialize: async (props) => {
      const stop = (await get(props.model)).initialize(props);
      return () => {
        stop();
        // JupyterLab keeps the models of closed widgets, and a model what it was before a change.
        for (const name of ["_code", "_spaces_code"])
          for (const nothing of ["", null]) props.model.set(name, nothing);
      };
    },
    render: async (props) => (await get(props.model)).render(props),
  };
};
`;

/**
 * Bytes as text, two characters for 13 bits where base64 has two for 12: the 91 from "#" on, with "!"
 * for "<" and "~" for the backslash, so that JSON writes none of them as more and no element ends in
 * it. The last character says how many of the bytes that come out again are too many.
 */
function asText(bytes) {
  let text = "";
  let bits = 0;
  let n = 0;
  const put = (word) => {
    text += String.fromCharCode(35 + Math.floor(word / 91), 35 + (word % 91));
  };
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    n += 8;
    if (n < 13) continue;
    n -= 13;
    put(bits >> n);
    bits &= (1 << n) - 1;
  }
  if (n > 0) put(bits << (13 - n));
  const tooMany = Math.floor((text.length * 13) / 16) - bytes.length;
  return text.replaceAll("<", "!").replaceAll("\\", "~") + tooMany;
}

const OPTIONS = { bundle: true, format: "esm", target: "es2022", write: false };

/** A style sheet, with all that it imports, is a text in the code: packed with it, it is a third as large. */
const styles = (minify) => ({
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const made = await build({ ...OPTIONS, entryPoints: [path], minify, metafile: true });
      const watchFiles = Object.keys(made.metafile.inputs).map((file) => resolve(file));
      return { contents: made.outputFiles[0].text, loader: "text", watchFiles };
    });
  },
});

const whole = (entry, minify) => ({
  ...OPTIONS,
  entryPoints: [`js/src/${entry}.ts`],
  minify,
  plugins: [styles(minify)],
});

/** Of a script that stands in a page as it is: its policy names the hash of this very text. */
const script = async (entry, more = {}) => {
  const [{ text }] = (await build({ ...whole(entry, true), format: "iife", ...more })).outputFiles;
  if (/<!--|<\/?script/i.test(text)) throw new Error(`${entry}.ts would end its own element`);
  return text;
};

if (process.argv.includes("--watch")) {
  const contents = `\
import widget from "./index.ts";
export default () => widget(() => import("./spaces.ts"));`;
  const stdin = { contents, resolveDir: "js/src", sourcefile: "watch.ts" };
  const outfile = `${OUT}/index.js`;
  const plain = { ...whole("index", false), entryPoints: [], stdin, sourcemap: "inline", outfile };
  await (await context({ ...plain, write: true })).watch();
} else {
  const keys = {};
  const made = {};
  for (const entry of ["index", "spaces"]) {
    const [code] = (await build(whole(entry, true))).outputFiles;
    // Takes a second more than zlib, and a twentieth less of every widget's way.
    const packed = asText(Buffer.from(await deflateAsync(code.contents, {})));
    keys[entry] = createHash("sha256").update(packed).digest("hex").slice(0, 16);
    made[`${entry}.packed`] = packed;
  }
  made["index.js"] = (await transform(loader(keys), { minify: true, format: "esm" })).code;
  made["page.js"] = await script("page");
  made["page_spaces.js"] = await script("spaces", { globalName: "embwidgetSpaces" });
  // `embwidget run` serves it as it is: its policy allows no code but that of its own address.
  made["run.js"] = (await build(whole("run", true))).outputFiles[0].text;
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  for (const [name, text] of Object.entries(made)) writeFileSync(`${OUT}/${name}`, text);
}
