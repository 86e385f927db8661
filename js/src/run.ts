/** What the page of `embwidget run` loads: a choice of spaces, and the same screen over a server. */

import { RunPage } from "./run/run_page.ts";
import styles from "./styles/run.css";
import { h } from "./ui/dom.ts";
import { guarded } from "./ui/errors.ts";
import { adopt } from "./ui/styles.ts";

const place = h("div", { class: "ew-run" });
document.body.append(place);
adopt(place, styles);
guarded(place, () => {
  new RunPage(place, () => import("./spaces.ts"));
  return () => {};
});
