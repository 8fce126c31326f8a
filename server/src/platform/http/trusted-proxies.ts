import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const LOOK_AGAIN_MS = 5_000;

const RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

type FindAddresses = (name: string) => Promise<readonly string[]>;

/** Whether a text stands for proxies: an address, a network such as 10.0.0.0/8, loopback, linklocal, uniquelocal, or a host's name. */
export function isProxy(text: string): boolean {
  const [address, bits, ...rest] = text.split('/');
  if (rest.length > 0) return false;
  const family = isIP(address);
  if (family === 0) return bits === undefined && /^[a-z_][\w.-]*$/i.test(address);
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * Proxies whose word on where a request came from is taken. Those that are told by name are looked up again from time to
 * time: a container that starts anew has another address. One that is not found is trusted by nobody.
 */
export class TrustedProxies {
  private readonly networks = new BlockList();
  private readonly names: readonly string[];
  private readonly named = new Map<string, readonly string[]>();
  private readonly find: FindAddresses;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** Throws where one of them is no proxy by `isProxy`; `find` tells the addresses of a name. */
  constructor(proxies: readonly string[], find: FindAddresses = addressesOf) {
    this.find = find;
    this.names = proxies.filter((one) => !(one in RANGES) && isIP(one.split('/')[0]) === 0);
    for (const network of proxies.flatMap((one) => RANGES[one] ?? one)) {
      if (this.names.includes(network)) continue;
      const [address, bits] = network.split('/');
      const family = familyOf(address);
      if (bits === undefined) this.networks.addAddress(address, family);
      else this.networks.addSubnet(address, Number(bits), family);
    }
    if (this.names.length > 0) void this.look();
  }

  /** Whether an address is one of theirs. */
  trusts(address: string | undefined): boolean {
    const plain = plainOf(address);
    if (isIP(plain) === 0) return false;
    for (const addresses of this.named.values()) if (addresses.includes(plain)) return true;
    return this.networks.check(plain, familyOf(plain));
  }

  /** From where a request comes: as far back on its way as those who tell it are trusted. */
  addressOf({ headers, socket }: IncomingMessage): string {
    const told = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    const way = told.map((one) => one.trim()).filter((one) => one !== '');
    let address = socket.remoteAddress ?? '';
    while (way.length > 0 && this.trusts(address)) address = way.pop()!;
    return address;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  // One after the other, and not again before that: each holds a thread, which files need too, until a name server answers.
  private async look(): Promise<void> {
    for (const name of this.names) this.named.set(name, await this.find(name).catch(() => []));
    if (!this.isClosed) this.timer = setTimeout(() => void this.look(), LOOK_AGAIN_MS).unref();
  }
}

async function addressesOf(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => plainOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** An address of IPv4 as such, however the socket writes it. */
function plainOf(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
