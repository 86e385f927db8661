/** What an exported file runs: the same screen, over a model that answers from the file itself. */

import { App } from "./app.ts";
import type { SpacesPart } from "./panels/spaces_place.ts";
import styles from "./styles/index.css";
import { h } from "./ui/dom.ts";
import { messageOf } from "./ui/errors.ts";
import { adopt } from "./ui/styles.ts";
import { PackedModel } from "./wire/packed_model.ts";
import { Packed, type PackedHead } from "./wire/page/packed.ts";
import { partJson } from "./wire/page/parts.ts";
import { Store } from "./wire/store.ts";

const TOO_OLD =
  "This browser is too old for this page: it takes Chrome or Edge 103, Firefox 113, Safari 16.4, or a newer one.";

/** What a script of its own left behind, in files of several spaces. */
const { embwidgetSpaces } = globalThis as { embwidgetSpaces?: SpacesPart };

const place = document.getElementById("embwidget-place");
const foot = document.getElementById("embwidget-foot");

function say(text: string, role?: string): void {
  foot?.append(h("p", { role }, text));
}

function sayWhatItIs(head: PackedHead): void {
  const { exported, version, max_mb, left_out, not_measured, spaces, traits } = head;
  say(
    `Exported ${exported} by embwidget ${version}. All of it is in this file, and nothing leaves it.`,
  );
  if (spaces) {
    const [a, b] = traits.pair_shown.map((space) => traits.spaces[space].name);
    say(
      `All pairs of spaces can be chosen. Chance by permutation, groups, quality by label and how far maps can be believed are those of ${a} and ${b} alone.`,
    );
  }
  if (left_out.length > 0) say(`Left out to fit into ${max_mb} MB: ${left_out.join("; ")}.`);
  if (not_measured.length > 0) {
    say(`Not measured, as the work was stopped before: ${not_measured.join(", ")}.`);
  }
}

/** Paper is white: while it is printed, a page is light whatever the screen is. */
function printLight(): void {
  const root = document.documentElement;
  let before: string | undefined;
  window.addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
  });
  window.addEventListener("afterprint", () => {
    if (before === undefined) delete root.dataset.theme;
    else root.dataset.theme = before;
  });
}

async function loadSpaces(): Promise<SpacesPart> {
  if (!embwidgetSpaces) throw new Error("its script in this file does not run");
  return embwidgetSpaces;
}

async function open(): Promise<void> {
  if (!place) return;
  if (typeof DecompressionStream === "undefined") throw new Error(TOO_OLD);
  const head = (await partJson("head")) as PackedHead;
  sayWhatItIs(head);
  printLight();
  const model = new PackedModel(new Packed(head));
  await model.open();
  adopt(place, styles);
  new App(place, new Store(model), loadSpaces);
  // For whoever looks at the page in its console.
  Object.assign(globalThis, { embwidget: { model } });
  await model.load();
}

open().catch((error) => say(messageOf(error), "alert"));
