/** Builds the bundle that the wheel ships: the widget's code, deflated inside a module that unpacks it. */

import { mkdirSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "embwidget/static";

/**
 * anywidget sends the module's text with every widget, so its size is paid each time. Base64 of the
 * deflated code is half of it, and unpacking takes the page a few milliseconds.
 */
const loader = (packed) => `\
/* embwidget ${process.env.npm_package_version}: js/src, deflated and in base64; see js/build.mjs */
const packed = "${packed}";
export default async () => {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const code = new Blob([await new Response(stream).blob()], { type: "text/javascript" });
  const url = URL.createObjectURL(code);
  try {
    return (await import(url)).default();
  } finally {
    URL.revokeObjectURL(url);
  }
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
  const isCode = path.endsWith(".js");
  const packed = isCode && deflateRawSync(text, { level: 9 }).toString("base64");
  writeFileSync(path, isCode ? loader(packed) : text);
}
