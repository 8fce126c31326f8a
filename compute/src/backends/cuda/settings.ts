/** What may be used of the GPUs of a machine. */
export interface CudaSettings {
  /** What NVIDIA_VISIBLE_DEVICES says: all, none, or numbers and UUIDs. */
  readonly visibleDevices: string;
  /** The most memory that one sweep or simulation holds on a device, in bytes; Infinity where the device is the limit. */
  readonly memoryMaximumBytes: number;
}

/** Every device, with all of its memory. */
export const EVERY_DEVICE: CudaSettings = { visibleDevices: 'all', memoryMaximumBytes: Infinity };

const SPLIT = 'max_split_size_mb';

/**
 * The limit that PYTORCH_CUDA_ALLOC_CONF sets by `max_split_size_mb:N`, in bytes; its other options say nothing here. Infinity where it
 * sets none, NaN where N is no whole number from 1.
 */
export function memoryMaximumOf(allocation: string | undefined): number {
  const options = (allocation ?? '').split(',').map((option) => option.trim().split(/\s*:\s*/));
  const split = options.find(([name]) => name === SPLIT);
  if (!split) return Infinity;
  return /^[1-9]\d{0,8}$/.test(split[1] ?? '') ? Number(split[1]) * 2 ** 20 : NaN;
}

/** What is expected of PYTORCH_CUDA_ALLOC_CONF. */
export const MEMORY_EXPECTED = `${SPLIT}:N with a whole number of MiB from 1`;

/** What PYTORCH_CUDA_ALLOC_CONF does here, for the log; null where it is not set. */
export function memoryNotice(allocation: string | undefined): string | null {
  if (!allocation) return null;
  const bytes = memoryMaximumOf(allocation);
  return bytes === Infinity
    ? `PYTORCH_CUDA_ALLOC_CONF=${allocation}: of its options only ${SPLIT} has an effect.`
    : `PYTORCH_CUDA_ALLOC_CONF: a sweep or a simulation holds at most ${bytes / 2 ** 20} MiB of a GPU's memory.`;
}

/** Which of these devices the setting shows. */
export function visibleOf<Device extends { readonly ordinal: number; readonly uuid: string }>(
  devices: readonly Device[],
  setting: string,
): Device[] {
  const names = setting.split(',').map((name) => name.trim());
  if (names[0] === 'all') return [...devices];
  const numbers = new Set(names.filter((name) => /^\d+$/.test(name)).map(Number));
  // A container has only the devices that were named for it, and counts them anew.
  const isCountedAnew =
    numbers.size === devices.length && [...numbers].some((each) => each >= devices.length);
  if (isCountedAnew) return [...devices];
  const parts = names.filter((name) => /^(GPU|MIG)-/.test(name)).map((name) => name.slice(4));
  return devices.filter(
    ({ ordinal, uuid }) =>
      numbers.has(ordinal) || parts.some((part) => part && uuid.slice(4).startsWith(part)),
  );
}
