<?php

namespace App\Http;

use Illuminate\Http\Request;
use Illuminate\Support\Facades\Log;

/** What the payment provider calls. */
class PaymentWebhook
{
    public function __invoke(Request $request): array
    {
        Log::info('webhook payment', ['order' => $request->integer('order')]);

        return ['ok' => true];
    }
}
