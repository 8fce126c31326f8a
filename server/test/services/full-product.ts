import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgresql } from './postgresql.ts';
import type { Service } from './processes.ts';
import { type Product, startProduct } from './product.ts';
import { startRedis } from './redis.ts';

/** One process of the product that works on runs and nothing else. */
export interface WorkerProcess extends Product {
  /** All that its log says. */
  log(): string;
}

/** The product over several processes with servers of their own. */
export class FullProduct {
  readonly postgresql: Service;
  readonly redis: Service;
  private readonly folder: string;
  private readonly started: Product[] = [];

  private constructor(postgresql: Service, redis: Service) {
    this.postgresql = postgresql;
    this.redis = redis;
    this.folder = mkdtempSync(join(tmpdir(), 'ai-trading-full-'));
  }

  static async start(): Promise<FullProduct> {
    return new FullProduct(await startPostgresql(), await startRedis());
  }

  /** Variables that every process shares. */
  get variables(): Record<string, string> {
    return {
      DATABASE_URL: this.postgresql.url,
      REDIS_URL: this.redis.url,
      UPLOAD_DIR: join(this.folder, 'uploads'),
      LOG_LEVEL: 'info',
    };
  }

  /** Starts a process that answers and leaves the work to others; resolves when it is ready. */
  async startApi(): Promise<Product & { readonly api: string }> {
    const product = this.startProcess('api', { WORKER: 'none' });
    const { api } = await product.ready;
    return { ...product, api };
  }

  /** Starts a process that works on runs; resolves when it does. */
  async startWorker(variables: Record<string, string> = {}): Promise<WorkerProcess> {
    const name = `worker-${this.started.length}`;
    const product = this.startProcess(name, { WORKER: 'only', ...variables });
    await product.ready;
    const folder = join(this.folder, name);
    const log = () =>
      readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), 'utf8'))
        .join('');
    return { ...product, log };
  }

  async stop(): Promise<void> {
    for (const { child, ended } of this.started) {
      child.kill('SIGKILL');
      await ended;
    }
    await this.postgresql.stop();
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private startProcess(name: string, variables: Record<string, string>): Product {
    const LOG_DIR = join(this.folder, name);
    const product = startProduct({ ...this.variables, LOG_DIR, ...variables });
    this.started.push(product);
    return product;
  }
}
