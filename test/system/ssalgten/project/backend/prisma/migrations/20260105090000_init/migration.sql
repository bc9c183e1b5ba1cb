-- CreateTable
CREATE TABLE "readings" (
    "id" INTEGER NOT NULL,
    "value" INTEGER NOT NULL,

    CONSTRAINT "readings_pkey" PRIMARY KEY ("id")
);
