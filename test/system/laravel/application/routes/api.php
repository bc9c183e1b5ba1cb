<?php

use App\Http\Boot;
use App\Http\Health;
use App\Http\PaymentWebhook;
use App\Jobs\ScoreAttempt;
use Illuminate\Support\Facades\Route;

Route::get('v0.3/boot', Boot::class);
Route::get('healthz', Health::class);
Route::post('v0.3/attempts/{attempt}/score', static function (int $attempt): array {
    ScoreAttempt::dispatch($attempt);

    return ['ok' => true];
});
Route::post('v0.3/webhooks/payment', PaymentWebhook::class);
