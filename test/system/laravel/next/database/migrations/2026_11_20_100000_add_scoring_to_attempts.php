<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::table('attempts', function (Blueprint $table) {
            $table->timestamp('scored_at')->nullable();
        });
        Schema::create('certificates', function (Blueprint $table) {
            $table->id();
            $table->foreignId('attempt_id')->constrained();
            $table->string('number')->unique();
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('certificates');
        Schema::table('attempts', function (Blueprint $table) {
            $table->dropColumn('scored_at');
        });
    }
};
