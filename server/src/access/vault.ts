import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where the key of a data folder lies. */
export function secretKeyFile(directory: string): string {
  return join(directory, 'secret.key');
}

/**
 * Seals secrets that must be read again, such as those of second factors, under a key that is not in
 * the database: SECRET_KEY, or a file of the data folder that is made when it is first needed.
 */
export class Vault {
  private readonly directory: string;
  private readonly given: string | null;
  private master: Buffer | null = null;

  constructor(directory: string, given: string | null) {
    this.directory = directory;
    this.given = given;
  }

  /** Seals a text for one purpose, such as `totp usr_...`: it opens for no other. */
  seal(text: string, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keyFor(purpose), nonce);
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${sealed.toString('base64url')}`;
  }

  /** The text again; null where it was sealed under another key or for another purpose, or altered. */
  open(sealed: string, purpose: string): string | null {
    const [version, content = ''] = sealed.split('.');
    const bytes = Buffer.from(content, 'base64url');
    if (version !== 'v1' || bytes.length < NONCE_BYTES + TAG_BYTES) return null;
    const cipher = createDecipheriv('aes-256-gcm', this.keyFor(purpose), bytes.subarray(0, NONCE_BYTES));
    cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, cipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }

  private keyFor(purpose: string): Buffer {
    this.master ??= this.given === null ? readKey(this.directory) : Buffer.from(this.given);
    return Buffer.from(hkdfSync('sha256', this.master, '', purpose, KEY_BYTES));
  }
}

/** The key of the data folder; of several processes that make it at once, all get the same. */
function readKey(directory: string): Buffer {
  const path = secretKeyFile(directory);
  try {
    return expectKey(path);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'ENOENT') throw problem;
  }
  mkdirSync(directory, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
  } finally {
    rmSync(draft);
  }
  return expectKey(path);
}

function expectKey(path: string): Buffer {
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  if (key.length !== KEY_BYTES)
    throw new Error(`expected a key of ${KEY_BYTES} bytes in ${path}, was one of ${key.length}`);
  return key;
}
