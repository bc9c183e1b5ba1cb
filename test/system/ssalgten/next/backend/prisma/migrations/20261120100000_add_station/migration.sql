-- AlterTable
ALTER TABLE "readings" ADD COLUMN "station" TEXT;
