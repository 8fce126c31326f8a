import { Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { BackupReport, CreateBackupPayload } from './backup.type.ts';

@Resolver()
export class BackupResolver {
  @Access({ who: 'ADMIN' })
  @Query(() => BackupReport, { description: 'The backups of this installation and how they are made.' })
  async backups(@Ctx() { services: { backups } }: Context): Promise<BackupReport> {
    return { ...backups.settings, backups: await backups.list() };
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => CreateBackupPayload, {
    description: 'Makes a backup now. While one is being made, everybody who asks gets that one.',
  })
  createBackup(@Ctx() { services: { backups } }: Context): Promise<CreateBackupPayload> {
    return payload(async () => ({ backup: await backups.create() }));
  }
}
