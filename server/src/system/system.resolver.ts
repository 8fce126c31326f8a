import { setTimeout as sleep } from 'node:timers/promises';
import { Ctx, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { SystemStatus, SystemSummary } from './system.type.ts';

const INTERVAL_MS = 2_000;

async function* statusEvents({
  context: { services, signal },
}: {
  context: Context;
}): AsyncGenerator<SystemStatus> {
  while (!signal?.aborted) {
    yield await services.system.status();
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

@Resolver()
export class SystemResolver {
  @Query(() => SystemStatus, { description: 'The state of this installation.' })
  system(@Ctx() { services }: Context): Promise<SystemStatus> {
    return services.system.status();
  }

  @Access({ who: 'PUBLIC' })
  @Query(() => SystemSummary, {
    description: 'Whether this installation works and on what it computes; needs no login.',
  })
  systemSummary(@Ctx() { services }: Context): Promise<SystemSummary> {
    return services.system.status();
  }

  @Subscription(() => SystemStatus, {
    subscribe: statusEvents as never,
    description: 'The state of this installation, every two seconds.',
  })
  systemStatus(@Root() status: SystemStatus): SystemStatus {
    return status;
  }
}
