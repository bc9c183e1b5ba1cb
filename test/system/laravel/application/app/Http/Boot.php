<?php

namespace App\Http;

use Illuminate\Support\Facades\DB;

/** What a client asks first. */
class Boot
{
    public function __invoke(): array
    {
        return ['ok' => true, 'release' => config('app.release'), 'attempts' => DB::table('attempts')->count()];
    }
}
