/** The whole screen on made-up data: `npm run demo`, then open the address that it prints. */

import widget from "../src/index.ts";
import { makeData } from "./fake_data.ts";
import { FakeKernel, type FakeOptions } from "./fake_kernel.ts";
import { numbersIn } from "./fake_numbers.ts";

const NO_LABEL = 'There is no label: pass label="..." to see which labels gain or lose.';

const form = document.querySelector<HTMLFormElement>("#options");
const place = document.querySelector<HTMLElement>("#widget");
let close = (): void => {};

function show(): void {
  if (!form || !place) return;
  close();
  const options = new FormData(form);
  document.body.dataset.jpThemeLight = String(options.get("dark") === null);
  const kernel = new FakeKernel(makeData(Number(options.get("n")), 50), {
    send: options.get("send") as FakeOptions["send"],
    manyLabels: options.get("labels") ? 5000 : 0,
    traits: {
      ...(options.get("error") && { error: 'a and b: no id in common ("img_1" in a, 1 in b)' }),
      ...(options.get("none") && { chance: null, numbers: numbersIn("none", NO_LABEL) }),
    },
  });
  const { initialize, render } = widget(() => import("../src/spaces.ts"));
  const stop = initialize({ model: kernel });
  const unmount = render({ model: kernel, el: place });
  close = () => {
    unmount();
    stop();
    place.replaceChildren();
  };
}

form?.addEventListener("change", show);
show();
new EventSource("/esbuild").addEventListener("change", () => location.reload());
