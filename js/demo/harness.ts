/** What the browser tests load: the widget with a kernel inside the page, within the test's reach. */

import widget from "../src/index.ts";
import { makeData } from "./fake_data.ts";
import { FakeKernel, type FakeOptions } from "./fake_kernel.ts";
import { FakeSpacesKernel, type FakeSpacesOptions } from "./fake_spaces.ts";

interface Opened {
  kernel: FakeKernel;
  /** Takes the view away, as when a cell's output is cleared; the widget lives on. */
  unmount(): void;
  /** Shows the same widget in one more place, as when a cell is run again. */
  render(el: HTMLElement): () => void;
  close(): void;
}

function open(el: HTMLElement, n: number, kMax: number, options: FakeOptions = {}): Opened {
  return show(el, new FakeKernel(makeData(n, kMax), options));
}

/** As `open`, of several spaces. */
function openSpaces(el: HTMLElement, options: FakeSpacesOptions): Opened {
  return show(el, new FakeSpacesKernel(options));
}

function show(el: HTMLElement, kernel: FakeKernel): Opened {
  const { initialize, render } = widget(() => import("../src/spaces.ts"));
  const stop = initialize({ model: kernel });
  const unmount = render({ model: kernel, el });
  return {
    kernel,
    unmount,
    render: (other) => render({ model: kernel, el: other }),
    close: () => {
      unmount();
      stop();
    },
  };
}

Object.assign(window, { embwidget: { open, openSpaces } });
