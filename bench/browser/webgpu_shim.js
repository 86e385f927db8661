// Software WebGPU has no shader-f16, which embedding-atlas asks for: its half floats become floats.
(() => {
  if (!window.GPUAdapter) return;
  const features = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "features").get;
  Object.defineProperty(GPUAdapter.prototype, "features", {
    get() {
      const own = features.call(this);
      return { has: (name) => name === "shader-f16" || own.has(name), [Symbol.iterator]: () => own[Symbol.iterator]() };
    },
  });
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = function (descriptor = {}) {
    const requiredFeatures = [...(descriptor.requiredFeatures ?? [])].filter((name) => name !== "shader-f16");
    return requestDevice.call(this, { ...descriptor, requiredFeatures });
  };
  const createShaderModule = GPUDevice.prototype.createShaderModule;
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    const code = descriptor.code
      .replace(/enable\s+f16\s*;/g, "")
      .replace(/\bf16\b/g, "f32")
      .replace(/\b(vec[234]|mat[234]x[234])h\b/g, "$1f")
      .replace(/(\d)h\b/g, "$1f");
    return createShaderModule.call(this, { ...descriptor, code });
  };
  const createBuffer = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const isStorage = (descriptor.usage & GPUBufferUsage.STORAGE) !== 0;
    return createBuffer.call(this, { ...descriptor, size: isStorage ? 2 * descriptor.size : descriptor.size });
  };
})();
