// Put into the page before anything else: counts what comes in and what is drawn, for every tool alike.
(() => {
  const bench = {
    /** Points of the pair; a draw call of at least 0.9 of them counts as a redraw of a map. */
    n: Infinity,
    /**
     * Maps that have to be drawn, and what tells them apart: the "viewport" in one context, the
     * "context", or the visible canvas that the picture is a "copy" on.
     */
    maps: 2,
    apart: "viewport",
    start: 0,
    bytes: 0,
    bytesAtPaint: 0,
    redraws: 0,
    vertices: 0,
    drawn: null,
    painted: null,
    error: null,
    failed: false,
    recent: [],
  };
  window.__bench = bench;
  const contexts = new Set();
  let queue = null;
  let seen = new Set();
  let uncopied = false;

  bench.begin = (n, maps, apart) => {
    Object.assign(bench, { n, maps, apart, start: performance.now(), bytes: 0 });
    Object.assign(bench, { redraws: 0, vertices: 0, drawn: null, painted: null, recent: [] });
    seen = new Set();
  };
  bench.count = () => Object.assign(bench, { bytes: 0, redraws: 0, vertices: 0 });

  function drew(context, count) {
    bench.recent.push(count);
    if (bench.recent.length > 40) bench.recent.shift();
    if (count < 0.9 * bench.n) return;
    bench.redraws += 1;
    bench.vertices += count;
    contexts.add(context);
    if (bench.apart === "copy") uncopied = true;
    else shown(bench.apart === "context" ? context : context.getParameter(context.VIEWPORT).join());
  }

  function shown(map) {
    seen.add(map);
    if (seen.size < bench.maps || bench.drawn !== null) return;
    bench.drawn = performance.now() - bench.start;
    setTimeout(finish, 0);
  }

  // Reading a pixel waits until everything before it has been drawn.
  async function finish() {
    try {
      for (const context of contexts) {
        if (context instanceof WebGL2RenderingContext || context instanceof WebGLRenderingContext)
          context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
        else await queue?.onSubmittedWorkDone();
      }
    } catch (error) {
      bench.error = String(error);
    }
    bench.painted = performance.now() - bench.start;
    bench.bytesAtPaint = bench.bytes;
  }

  function wrap(target, name, counted) {
    const original = target?.[name];
    if (!original) return;
    target[name] = function (...args) {
      const result = original.apply(this, args);
      drew(this, counted(...args));
      return result;
    };
  }
  for (const kind of [window.WebGLRenderingContext, window.WebGL2RenderingContext]) {
    wrap(kind?.prototype, "drawArrays", (_mode, _first, count) => count);
    wrap(kind?.prototype, "drawElements", (_mode, count) => count);
    wrap(kind?.prototype, "drawArraysInstanced", (_m, _f, count, instances) => count * instances);
    wrap(kind?.prototype, "drawElementsInstanced", (_m, count, _t, _o, instances) => count * instances);
  }
  for (const kind of [window.GPURenderPassEncoder, window.GPURenderBundleEncoder]) {
    wrap(kind?.prototype, "draw", (count, instances = 1) => count * instances);
    wrap(kind?.prototype, "drawIndexed", (count, instances = 1) => count * instances);
    // Its count is in the memory of the device.
    wrap(kind?.prototype, "drawIndirect", () => bench.n);
  }
  if (window.GPUQueue) {
    const submit = GPUQueue.prototype.submit;
    GPUQueue.prototype.submit = function (...args) {
      queue = this;
      return submit.apply(this, args);
    };
  }

  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    const result = drawImage.apply(this, args);
    if (uncopied) {
      uncopied = false;
      shown(this.canvas);
    }
    return result;
  };

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        bench.bytes += typeof data === "string" ? data.length : (data.byteLength ?? data.size);
      });
    }
  };
})();
