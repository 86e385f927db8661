/** Typed views of the buffers that arrive beside a message: no copy unless the offset forces one. */

type TypedArrayConstructor<T> = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  BYTES_PER_ELEMENT: number;
};

function view<T>(Type: TypedArrayConstructor<T>, data: DataView): T {
  const length = data.byteLength / Type.BYTES_PER_ELEMENT;
  if (data.byteOffset % Type.BYTES_PER_ELEMENT === 0) {
    return new Type(data.buffer, data.byteOffset, length);
  }
  // Some hosts hand out slices of one large buffer, which need not be aligned.
  const copy = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return new Type(copy, 0, length);
}

export const asUint8 = (data: DataView): Uint8Array => view(Uint8Array, data);
export const asUint16 = (data: DataView): Uint16Array => view(Uint16Array, data);
export const asUint32 = (data: DataView): Uint32Array => view(Uint32Array, data);
export const asFloat32 = (data: DataView): Float32Array => view(Float32Array, data);
