import {
  ComputeError,
  isModelName,
  MODEL_BYTES_MAXIMUM,
  type ModelDescription,
  type Models,
} from '@ai-trading/compute';
import { invalid, notFound, refused } from '../platform/graphql/errors.ts';
import type { Uploads } from '../platform/http/uploads.ts';
import type { AddModelInput, ModelRuntimeType } from './model.type.ts';

const CONTRACT_CHARACTERS_MAXIMUM = 200_000;
/** What a file system says where it takes no more, or nothing. */
const FOLDER_PROBLEMS = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'];

/** The models of the installation: what is there, adding and removing. */
export class ModelService {
  private readonly models: Models;
  private readonly uploads: Uploads;

  constructor(models: Models, uploads: Uploads) {
    this.models = models;
    this.uploads = uploads;
  }

  list(): Promise<ModelDescription[]> {
    return this.models.list();
  }

  async runtime(): Promise<ModelRuntimeType> {
    try {
      return { available: true, ...(await this.models.runtime()) };
    } catch (problem) {
      if (!(problem instanceof ComputeError)) throw problem;
      return { available: false, version: null, provider: null, reason: problem.message };
    }
  }

  /** Checks an uploaded model against its contract and keeps it, and nothing of one that cannot be used. */
  async add({ name, uploadId, contract }: AddModelInput): Promise<ModelDescription> {
    if (!isModelName(name))
      throw invalid(
        `expected a name of 1 to 64 letters, digits, dots, underscores and hyphens, was ${JSON.stringify(name)}`,
        'input',
        'name',
      );
    if (contract.length > CONTRACT_CHARACTERS_MAXIMUM)
      throw invalid(
        `expected a contract of at most ${CONTRACT_CHARACTERS_MAXIMUM} characters, was ${contract.length}`,
        'input',
        'contract',
      );
    const upload = await this.uploads.find(uploadId);
    if (!upload) throw notFound('upload', uploadId, 'input', 'uploadId');
    if (upload.bytes > MODEL_BYTES_MAXIMUM)
      throw refused(
        'LIMIT',
        `expected a model of at most ${MODEL_BYTES_MAXIMUM} bytes, was ${upload.bytes}`,
        'input',
        'uploadId',
      );
    const added = await writing(() => this.models.add(name, upload.path, contract));
    if (added === 'taken')
      throw refused(
        'DUPLICATE',
        `expected a new name, was ${name}: remove that model first`,
        'input',
        'name',
      );
    await this.uploads.remove(uploadId);
    if (added.problem === null) return added;
    throw invalid(added.problem, 'input', added.problem.startsWith('contract') ? 'contract' : 'uploadId');
  }

  async remove(name: string): Promise<string> {
    const isRemoved = await writing(() => this.models.remove(name));
    if (!isRemoved) throw notFound('model', name, 'input', 'name');
    return name;
  }
}

async function writing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    if (code === undefined || !FOLDER_PROBLEMS.includes(code)) throw problem;
    throw refused(
      'INVALID',
      `expected a folder of models (MODELS_DIR) that can be written, was one with ${code}`,
    );
  }
}
