<?php

namespace App\Http;

/** Whether this release answers at all. */
class Health
{
    public function __invoke(): array
    {
        return ['ok' => true, 'release' => config('app.release')];
    }
}
