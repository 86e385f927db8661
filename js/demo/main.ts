/** The whole screen on made-up data: `npm run demo`, then open the address that it prints. */

import widget from "../src/index.ts";
import { makeData } from "./fake_data.ts";
import { FakeKernel, type FakeOptions } from "./fake_kernel.ts";

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
    traits: options.get("error")
      ? { error: 'a and b: no id in common ("img_1" in a, 1 in b)' }
      : {},
  });
  const { initialize, render } = widget();
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
