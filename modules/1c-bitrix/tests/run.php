<?php

// Runs the module's tests: `php run.php` all of them, `php run.php Case::test` one, `php run.php --list` names them.

require_once __DIR__ . '/kernel/boot.php';
require_once __DIR__ . '/kernel/site.php';
require_once __DIR__ . '/cases/case.php';

set_error_handler(static function ($level, $text, $file, $line) {
    if (error_reporting() & $level) {
        throw new ErrorException($text, 0, $level, $file, $line);
    }
});

$names = [];
foreach (glob(__DIR__ . '/cases/*test.php') as $path) {
    require_once $path;
    $class = basename($path, '.php');
    foreach (get_class_methods($class) as $method) {
        if (strpos($method, 'test') === 0) {
            $names[] = (new ReflectionClass($class))->getName() . "::$method";
        }
    }
}
if (($argv[1] ?? '') === '--list') {
    echo implode("\n", $names), "\n";
    exit(0);
}

if (isset($argv[1])) {
    exit(in_array($argv[1], $names, true) ? run_one($argv[1]) : 1);
}
$failed = 0;
foreach ($names as $name) {
    // Each in a process of its own, for a hit of PHP is one.
    passthru(implode(' ', array_map('escapeshellarg', [PHP_BINARY, __FILE__, $name])), $status);
    $failed += $status === 0 ? 0 : 1;
}
exit($failed === 0 && $names !== [] ? 0 : 1);

function run_one(string $name): int
{
    [$class, $method] = explode('::', $name);
    $wrong = (new $class())->run($method);
    echo $wrong === null ? "ok      $name\n" : "FAILED  $name\n        $wrong\n";
    return $wrong === null ? 0 : 1;
}
