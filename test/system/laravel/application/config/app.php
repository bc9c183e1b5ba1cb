<?php

use Illuminate\Support\ServiceProvider;

return [
    'name' => 'fap-api',
    'env' => env('APP_ENV', 'production'),
    'debug' => false,
    'key' => env('APP_KEY'),
    'cipher' => 'AES-256-CBC',
    'timezone' => 'UTC',
    'locale' => 'en',
    'fallback_locale' => 'en',
    // The folder that this release lies in: two releases that answer alike could not be told apart.
    'release' => basename(dirname(realpath(base_path()))),
    'providers' => ServiceProvider::defaultProviders()->merge([App\Providers\RouteServiceProvider::class])->toArray(),
];
