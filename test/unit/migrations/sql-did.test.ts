import fc from 'fast-check'
import { expect, test } from 'vitest'
import { whatSqlDid } from '../../../src/migrations/sql-did.ts'

test.each([
  [
    `-- CreateTable
CREATE TABLE "Order" (
    "id" SERIAL NOT NULL,
    "note" TEXT NOT NULL DEFAULT 'a;b',
    CONSTRAINT "Order_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Order_note_key" ON "Order"("note");

-- AddForeignKey
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT;
`,
    'creates table `Order`, adds 1 index and 1 foreign key',
  ],
  [
    `/*
  Warnings:
  - You are about to drop the column \`phone\` on the \`User\` table. DROP TABLE "User";
*/
-- AlterTable
ALTER TABLE "public"."User" DROP COLUMN "phone",
ADD COLUMN     "mail" TEXT NOT NULL DEFAULT 'x, y',
ALTER COLUMN "name" SET DATA TYPE VARCHAR(40);
`,
    'drops column `User.phone`, changes column `User.name`, adds column `User.mail`',
  ],
  ['DROP TABLE IF EXISTS "A", b CASCADE;', 'drops tables `A`, `b`'],
  ['drop table a; DROP INDEX "x"; DROP TYPE "Role";', 'drops table `a`, drops type `Role`, drops 1 index'],
  [`CREATE TYPE "Role" AS ENUM ('ADMIN', 'USER');`, 'creates type `Role`'],
  [`ALTER TYPE "Role" ADD VALUE 'GUEST';`, 'changes type `Role`'],
  [
    'ALTER TABLE `a` ADD INDEX `i`(`x`), MODIFY `x` INTEGER NULL, DROP FOREIGN KEY `f`;',
    'changes column `a.x`, adds 1 index, drops 1 foreign key',
  ],
  [
    'ALTER TABLE `a` CHANGE `old` `new` INT, ADD `c` INT;',
    'renames column `a.old` to `new`, adds column `a.c`',
  ],
  [
    'ALTER TABLE a RENAME COLUMN b TO c; ALTER TABLE a RENAME TO d;',
    'renames table `a` to `d`, renames column `a.b` to `c`',
  ],
  ['RENAME TABLE `a` TO `b`;', 'renames table `a` to `b`'],
  [
    'ALTER TABLE "a" DROP CONSTRAINT "a_b_fkey"; ALTER TABLE a RENAME CONSTRAINT x TO y;',
    'drops 1 foreign key',
  ],
  [`UPDATE "User" SET "x" = 1; DELETE FROM "Old";`, 'changes rows of tables `User`, `Old`'],
  [
    `PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" ("id" INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "new_User" ("id") SELECT "id" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
PRAGMA foreign_keys=ON;`,
    'look at the file',
  ],
  [`DO $$ BEGIN EXECUTE 'DROP TABLE x; DROP TABLE y'; END $$;`, 'look at the file'],
  [
    'CREATE EXTENSION IF NOT EXISTS "citext"; CREATE TABLE a (id INT);',
    'creates table `a`, and more: look at the file',
  ],
  [
    'CREATE TABLE a (id INT); ALTER TABLE b DROP COL',
    'drops column `b.COL`, creates table `a`, and more: look at the file',
  ],
  ['', 'does nothing'],
  ['-- This is an empty migration.\n', 'does nothing'],
])('%j', (sql, words) => {
  expect(whatSqlDid(sql)).toBe(words)
})

test('whatever the text, it is read without an error, and in time', () => {
  const part = fc.constantFrom(
    'CREATE TABLE ',
    'ALTER TABLE "',
    'DROP ',
    '$$',
    "'",
    '`',
    ';',
    ',',
    '(',
    ')',
    '--',
    '/*',
    'ADD ',
    '.',
    '\n',
  )
  const sql = fc.array(fc.oneof(part, fc.string({ unit: 'binary' }))).map(parts => parts.join(''))
  fc.assert(fc.property(sql, text => void whatSqlDid(text)))
  const began = performance.now()
  for (const piece of ["'", '$$', '$a', '"', '/*', '(', ';', 'ALTER TABLE ', 'DROP TABLE a,', 'a.'])
    whatSqlDid(piece.repeat(30_000))
  expect(performance.now() - began).toBeLessThan(15_000)
})
