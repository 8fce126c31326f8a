import type { CudaDevice } from './device.ts';
import type { Handle } from './driver.ts';

/** The address so many bytes further on. */
export function after(address: Handle, bytes: number): Handle {
  return BigInt(address) + BigInt(bytes);
}

/** Memory of one device and a queue of work on it, given back together. */
export class DeviceBuffers {
  readonly device: CudaDevice;
  readonly stream: Handle;
  private readonly addresses: Handle[] = [];

  constructor(device: CudaDevice) {
    this.device = device;
    this.stream = device.stream();
  }

  room(bytes: number): Handle {
    const address = this.device.allocate(bytes);
    this.addresses.push(address);
    return address;
  }

  /** Memory with these values, for work of this queue or, once it is `settled`, of any. */
  holding(values: ArrayBufferView): Handle {
    const address = this.room(values.byteLength);
    this.fill(address, values);
    return address;
  }

  fill(address: Handle, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.device.upload(address, new Uint8Array(buffer, byteOffset, byteLength), this.stream);
  }

  /** Waits for all work of the queue. */
  settled(): void {
    this.device.wait(this.stream);
  }

  close(): void {
    this.device.endStream(this.stream);
    for (const address of this.addresses) this.device.free(address);
  }
}
