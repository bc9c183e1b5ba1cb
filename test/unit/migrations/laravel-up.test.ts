import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { whatUpDid } from '../../../src/migrations/laravel-up.ts'
import { HOSTILE } from '../../support/hostile.ts'

/** A migration as `make:migration` of Laravel 9 to 12 lays it out. */
const up = (body: string): string =>
  whatUpDid(`<?php

use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;

return new class extends Migration
{
    /**
     * Run the migrations: Schema::drop('in_a_comment').
     */
    public function up(): void
    {
        ${body}
    }

    public function down(): void
    {
        Schema::dropIfExists('in_down');
        DB::statement('in down');
    }
};
`)
const table = (body: string): string =>
  up(`Schema::table('orders', function (Blueprint $table) { ${body} });`)

describe('whole migrations', () => {
  test('the table of users, from a named class of Laravel 8', () => {
    expect(
      whatUpDid(`<?php
use Illuminate\\Database\\Migrations\\Migration;

class CreateUsersTable extends Migration
{
    public function up()
    {
        Schema::create('users', function (Blueprint $table) {
            $table->bigIncrements('id');
            $table->string('email')->unique();
            $table->timestamps();
            $table->index(['email', 'id'], 'users_email_id');
        });
    }

    public function down() { Schema::dropIfExists('users'); }
}`),
    ).toBe('creates table `users`')
  })

  test('the one that hurts: a column becomes a table', () => {
    expect(
      up(`Schema::create('order_customers', function (Blueprint $table) {
            $table->id();
            $table->foreignId('order_id')->constrained()->cascadeOnDelete();
        });

        DB::statement('insert into order_customers (order_id, name) select id, customer_name from orders');

        Schema::table('orders', function (Blueprint $table) {
            $table->dropColumn('customer_name');
            $table->string('channel', 20)->nullable()->after('id')->index();
        });`),
    ).toBe(
      'drops column `orders.customer_name`, runs SQL of its own, creates table `order_customers`, adds column `orders.channel`, adds 1 index',
    )
  })

  test('the tables of queues, in one file', () => {
    expect(
      up(`Schema::create('jobs', function (Blueprint $table) { $table->id(); });
        Schema::create('job_batches', function (Blueprint $table) { $table->string('id')->primary(); });`),
    ).toBe('creates tables `jobs`, `job_batches`')
  })
})

test.each([
  // tables
  ["Schema::drop('a');", 'drops table `a`'],
  ["Schema::dropIfExists('a'); Schema::dropIfExists('b');", 'drops tables `a`, `b`'],
  ["Schema::rename('a', 'b');", 'renames table `a` to `b`'],
  ["Schema::connection('tenant')->dropIfExists('a');", 'drops table `a`'],
  ["\\Illuminate\\Support\\Facades\\Schema::drop('a');", 'drops table `a`'],
  ["Schema::create('a', static fn (Blueprint $table): mixed => $table->id());", 'creates table `a`'],
  ['Schema::drop($this->table);', 'drops table whose name the file computes'],
  ["Schema::drop('a_'.$suffix);", 'drops table whose name the file computes'],
  ['Schema::drop("a_$suffix");', 'drops table whose name the file computes'],
  ["Schema::withoutForeignKeyConstraints(function () { Schema::drop('a'); });", 'drops table `a`'],
  // what is no code
  ["// Schema::drop('a');", 'does nothing'],
  ["# Schema::drop('a');\n/* Schema::drop('b');\n*/", 'does nothing'],
  [`$a = "Schema::drop('a');"; $b = 'Schema::drop("it\\'s");';`, 'does nothing'],
  ["$sql = <<<SQL\n  Schema::drop('a');\n  }\n  SQL;\n $b = <<<'X'\nX;", 'does nothing'],
  ['', 'does nothing'],
  // SQL and rows
  ["DB::unprepared('create view v as select 1');", 'runs SQL of its own'],
  ["DB::connection('tenant')->statement('x');", 'runs SQL of its own'],
  ["Schema::getConnection()->statement('x');", 'runs SQL of its own'],
  ["DB::table('users')->whereNull('a')->update(['a' => DB::raw('b')]);", 'changes rows of table `users`'],
  ["DB::table('users')->count();", 'does nothing'],
  // what can't be read
  ['$this->dropOldTables();', 'look at the file'],
  ["Artisan::call('permission:cache-reset');", 'look at the file'],
  ["User::query()->update(['a' => 1]); Schema::drop('a');", 'drops table `a`, and more: look at the file'],
  [
    "if (Schema::hasTable('a')) { Schema::drop('a'); }",
    'drops table `a`; under conditions: look at the file',
  ],
  [
    "foreach (config('tables') as $name) { Schema::drop($name); }",
    expect.stringContaining('look at the file'),
  ],
  ["Schema::table('a', $closure);", 'look at the file'],
])('%s', (body, words) => {
  expect(up(body)).toEqual(words)
})

test.each([
  ["$table->string('a'); $table->decimal('b', 10, 2)->default(0);", 'adds columns `orders.a`, `orders.b`'],
  [
    '$table->timestamps(); $table->softDeletes();',
    'adds columns `orders.created_at`, `orders.updated_at`, `orders.deleted_at`',
  ],
  ["$table->nullableMorphs('tag');", 'adds columns `orders.tag_type`, `orders.tag_id`'],
  ["$table->foreignId('user_id')->constrained('users');", 'adds column `orders.user_id`, adds 1 foreign key'],
  ['$table->foreignIdFor(\\App\\Models\\UserRole::class);', 'adds column `orders.user_role_id`'],
  ["$table->enum('state', ['new', 'paid'])->change();", 'changes column `orders.state`'],
  ["$table->dropColumn('a');", 'drops column `orders.a`'],
  ['$table->dropColumn([\'a\', "b"]);', 'drops columns `orders.a`, `orders.b`'],
  ["$table->dropColumn(array('a', 'b'));", 'drops columns `orders.a`, `orders.b`'],
  ["$table->dropColumn('a', 'b', 'c');", 'drops columns `orders.a`, `orders.b`, `orders.c`'],
  ['$table->dropColumn($old);', 'drops column `orders.…`, and more: look at the file'],
  ["$table->dropConstrainedForeignId('user_id');", 'drops column `orders.user_id`, drops 1 foreign key'],
  ['$table->dropTimestamps();', 'drops columns `orders.created_at`, `orders.updated_at`'],
  ["$table->renameColumn('a', 'b');", 'renames column `orders.a` to `b`'],
  [
    "$table->unique('a'); $table->index(['a', 'b']); $table->foreign('c')->references('id')->on('d');",
    'adds 2 indexes and 1 foreign key',
  ],
  ["$table->dropIndex(['a']); $table->dropForeign('orders_c_foreign');", 'drops 1 index and 1 foreign key'],
  ["$table->after('id', function ($table) { $table->string('a'); });", 'adds column `orders.a`'],
  ["if (true) { $table->string('a'); }", 'adds column `orders.a`; under conditions: look at the file'],
  ["$table->engine = 'InnoDB'; $table->comment('x');", 'does nothing'],
  ["$table->money('total');", 'look at the file'],
])('in a table: %s', (body, words) => {
  expect(table(body)).toBe(words)
})

test('a long list is shortened, and says so', () => {
  const drops = Array.from({ length: 20 }, (_, at) => `$table->dropColumn('c${at}');`).join(' ')
  expect(table(drops)).toBe(
    'drops columns `orders.c0`, `orders.c1`, `orders.c2`, `orders.c3`, `orders.c4`, `orders.c5` and 14 more',
  )
  const long = 'x'.repeat(60)
  const many = Array.from(
    { length: 6 },
    (_, at) => `$table->dropColumn('${long}${at}'); $table->string('${long}${at}');`,
  )
  expect(table(many.join(' ')).length).toBeLessThan(600)
})

test('a file that was cut, is none, or has no up() is looked at by people', () => {
  const whole = up("Schema::drop('a');")
  expect(whole).toBe('drops table `a`')
  expect(whatUpDid("<?php class A { function up() { Schema::drop('a'); if (")).toBe(
    'drops table `a`, and more: look at the file',
  )
  for (const text of ['', '<?php', 'hello', '<?php class A { function down() {} }', '<?php function up('])
    expect(whatUpDid(text)).toBe('look at the file')
})

describe('whatever the text', () => {
  const PIECES = [
    'Schema::',
    'DB::',
    '$table',
    '->',
    '(',
    ')',
    '{',
    '}',
    "'",
    '"',
    '`',
    '<<<A\n',
    '\nA;',
    '/*',
    '//',
    '#',
    'function up',
    'fn',
    'create',
    'table',
    'dropColumn',
    ',',
    '[',
    ']',
    '\\',
    '\n',
    ' ',
    'class',
    '$x',
    '<?php',
    '?>',
    ...HOSTILE.slice(0, 30),
  ]

  test('it never throws, is one line, and is short', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map(parts => parts.join('')),
    )
    fc.assert(
      fc.property(text, body => {
        for (const words of [whatUpDid(body), up(body), table(body)]) {
          expect(words.length).toBeLessThan(1200)
          expect(words).not.toMatch(/[\p{Cc}]/u)
        }
      }),
    )
  })

  test('it is read in time, also when it is made to take long', () => {
    const began = performance.now()
    for (const piece of [
      'Schema::table(',
      '$table->string(',
      '((((',
      '<<<A\n  ',
      '   \n',
      '"\\',
      "'",
      '/*',
      'function up(',
      '{',
    ])
      up(`Schema::table('a', function ($table) { ${piece.repeat(24_000 / piece.length)}`)
    expect(performance.now() - began).toBeLessThan(15_000)
  })
})
