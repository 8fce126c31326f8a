import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

/** What of an answer a test may change. */
export interface Alteration {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly flags?: number;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly isSignatureAltered?: boolean;
}

/** A device that makes a passkey and shows it, as WebAuthn says (level 2, sections 6.1 and 6.5), without a browser. */
export class SoftPasskey {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly id = randomBytes(16);
  private readonly origin: string;
  private userHandle = '';
  private counter = 0;

  constructor(origin: string) {
    this.origin = origin;
    ({ privateKey: this.privateKey, publicKey: this.publicKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
    }));
  }

  /** The answer to options of a registration, as a browser sends it. */
  make(options: string, change: Alteration = {}): string {
    const { challenge, rp, user } = JSON.parse(options);
    this.userHandle = user.id;
    const { x, y } = this.publicKey.export({ format: 'jwk' });
    const key = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x!, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y!, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const authData = Buffer.concat([
      this.head(rp.id, USER_PRESENT | USER_VERIFIED | HAS_CREDENTIAL, change),
      Buffer.alloc(16),
      length,
      this.id,
      Buffer.from(isoCBOR.encode(key)),
    ]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    return this.answer({
      clientDataJSON: this.clientData('webauthn.create', challenge, change),
      attestationObject: Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url'),
    });
  }

  /** The answer to options of a login, as a browser sends it. */
  show(options: string, change: Alteration = {}): string {
    const { challenge, rpId } = JSON.parse(options);
    this.counter += 1;
    const authenticatorData = this.head(rpId, USER_PRESENT | USER_VERIFIED, change);
    const clientDataJSON = this.clientData('webauthn.get', challenge, change);
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
    const signature = sign('sha256', Buffer.concat([authenticatorData, hash]), this.privateKey);
    if (change.isSignatureAltered) signature[signature.length - 1] ^= 1;
    return this.answer({
      clientDataJSON,
      authenticatorData: authenticatorData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: change.userHandle ?? this.userHandle,
    });
  }

  private answer(response: object): string {
    const id = this.id.toString('base64url');
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response });
  }

  private head(rpId: string, flags: number, change: Alteration): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(change.counter ?? this.counter);
    const hash = createHash('sha256')
      .update(change.rpId ?? rpId)
      .digest();
    return Buffer.concat([hash, Buffer.from([change.flags ?? flags]), counter]);
  }

  private clientData(type: string, challenge: string, change: Alteration): string {
    const data = { type, challenge, origin: this.origin, crossOrigin: false, ...pick(change) };
    return Buffer.from(JSON.stringify(data)).toString('base64url');
  }
}

function pick({ type, challenge, origin }: Alteration): object {
  return Object.fromEntries(
    Object.entries({ type, challenge, origin }).filter(([, value]) => value !== undefined),
  );
}
