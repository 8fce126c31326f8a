import type { ModelContract } from './contract.ts';

/** A model as it lies in the folder, its contract understood. */
export interface ModelFile {
  /** SHA-256 of the bytes and the contract's text. */
  readonly contentHash: string;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly contract: ModelContract;
}

/** What runs a model here, and why it is this. */
export interface ProviderChoice {
  readonly provider: 'cuda' | 'cpu';
  readonly reason: string;
}

/** What was found when a model was opened. */
export interface OpenedModel extends ProviderChoice {
  /** Tensors in words, such as "x: float32[rows, 4]". */
  readonly inputShape: string;
  readonly outputShape: string;
}

/** What runs models in this process. */
export interface ModelRuntime {
  readonly version: string;
  readonly provider: 'cuda' | 'cpu';
  readonly reason: string;
}

export type ModelTask =
  | { readonly kind: 'runtime' }
  | { readonly kind: 'open'; readonly file: ModelFile }
  | {
      readonly kind: 'run';
      readonly file: ModelFile;
      /** In shared memory, as the answers: one for each row. */
      readonly rows: Float64Array;
      readonly answers: Float64Array;
    };

/** `cancelled` is one shared word that turns 1 to stop the work. */
export type ModelRequest = { readonly requestId: number; readonly cancelled: Int32Array } & ModelTask;

export type ModelReply =
  | {
      readonly requestId: number;
      readonly kind: 'done';
      readonly result: ModelRuntime | OpenedModel | null;
    }
  | {
      readonly requestId: number;
      readonly kind: 'failed';
      /** Whose fault it is: the model's, or that nothing can run models here. */
      readonly fault: 'model' | 'runtime';
      readonly message: string;
    };
