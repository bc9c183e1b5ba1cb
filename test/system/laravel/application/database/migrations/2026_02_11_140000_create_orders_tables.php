<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('orders', function (Blueprint $table) {
            $table->id();
            $table->string('email');
            $table->unsignedInteger('items')->default(0);
        });
        Schema::create('order_items', function (Blueprint $table) {
            $table->id();
            $table->foreignId('order_id')->constrained();
            $table->unsignedInteger('cents');
        });
        DB::unprepared('create view order_totals as select order_id, sum(cents) as cents from order_items group by order_id');
        DB::unprepared('create trigger order_items_counted after insert on order_items for each row update orders set items = items + 1 where id = new.order_id');
        DB::unprepared('create procedure orders_of (in wanted varchar(255)) select * from orders where email = wanted');
    }

    public function down(): void
    {
        DB::unprepared('drop procedure if exists orders_of');
        DB::unprepared('drop view if exists order_totals');
        Schema::dropIfExists('order_items');
        Schema::dropIfExists('orders');
    }
};
