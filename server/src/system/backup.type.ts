import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { UserError } from '../platform/graphql/errors.ts';

@ObjectType({ description: 'A backup of everything: rows and models in one file of the folder of backups.' })
export class Backup {
  @Field(() => String, { description: 'The name of its file.' })
  declare name: string;

  @Field(() => Float, { description: 'The size of its file in bytes.' })
  declare sizeBytes: number;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  declare createdAt: Date;
}

@ObjectType({ description: 'How this installation is backed up.' })
export class BackupReport {
  @Field(() => String, { description: 'The folder of backups, on the machine of the server.' })
  declare directory: string;

  @Field(() => Float, { description: 'Hours between two backups; 0 where none is made unasked.' })
  declare everyHours: number;

  @Field(() => Int, { description: 'How many are kept; the oldest are removed.' })
  declare keep: number;

  @Field(() => [Backup], { description: 'The backups that are there, newest first.' })
  declare backups: Backup[];
}

@ObjectType({ description: 'A backup that was made, or why none was.' })
export class CreateBackupPayload {
  @Field(() => Backup, { nullable: true, description: 'The backup.' })
  declare backup?: Backup | null;

  @Field(() => [UserError], { description: 'Why there is none.' })
  declare errors: UserError[];
}
