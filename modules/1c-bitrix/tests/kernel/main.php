<?php

// Stand-ins of the kernel's module `main`: what the module calls of it; its database is in database.php.

namespace Bitrix\Main {

    final class Application
    {
        public array $jobs = [];
        public ExceptionHandler $handler;
        private static ?Application $one = null;
        private static ?DB\Connection $sql = null;

        public static function getInstance(): self
        {
            self::$one = self::$one ?? new self();
            self::$one->handler = self::$one->handler ?? new ExceptionHandler();
            return self::$one;
        }

        public static function getConnection(): DB\Connection
        {
            return self::$sql = self::$sql ?? new DB\Connection($_SERVER['DOCUMENT_ROOT']);
        }

        /** Begins another hit on the same site. */
        public static function again(): void
        {
            self::$one = null;
            self::$sql = null;
            Localization\Loc::$messages = [];
        }

        public function addBackgroundJob(callable $job, array $args = [], int $priority = 100): self
        {
            $this->jobs[] = [$job, $args];
            return $this;
        }

        public function getExceptionHandler(): ExceptionHandler
        {
            return $this->handler;
        }

        /** Ends the hit, as the kernel does: the buyer has the page before the jobs begin, where PHP can do that. */
        public function terminate(): void
        {
            if (function_exists('fastcgi_finish_request')) {
                fastcgi_finish_request();
            }
            while ($this->jobs !== []) {
                [$job, $args] = array_shift($this->jobs);
                $job(...$args);
            }
        }
    }

    final class ExceptionHandler
    {
        public array $log = [];

        public function writeToLog(\Throwable $error): void
        {
            $this->log[] = $error;
        }
    }

    final class Event
    {
        private array $parameters;

        public function __construct(string $module, string $type, array $parameters)
        {
            $this->parameters = $parameters;
        }

        public function getParameter(string $name)
        {
            return $this->parameters[$name] ?? null;
        }
    }

    final class EventManager
    {
        public static function getInstance(): self
        {
            return new self();
        }

        public function registerEventHandler($from, $event, $to, $class, $method): void
        {
            Application::getConnection()->run('INSERT INTO handlers VALUES (?, ?, ?, ?, ?)', func_get_args());
        }

        public function unRegisterEventHandler($from, $event, $to, $class, $method): void
        {
            $where = 'from_module = ? AND event = ? AND to_module = ? AND class = ? AND method = ?';
            Application::getConnection()->run("DELETE FROM handlers WHERE $where", func_get_args());
        }

        public static function send(string $module, string $type, array $parameters): void
        {
            $sql = 'SELECT * FROM handlers WHERE from_module = ? AND event = ?';
            foreach (Application::getConnection()->run($sql, [$module, $type])->fetchAll() as $row) {
                Loader::includeModule($row['to_module']);
                call_user_func([$row['class'], $row['method']], new Event($module, $type, $parameters));
            }
        }
    }

    final class Loader
    {
        private static array $loaded = [];

        public static function includeModule(string $id): bool
        {
            $folder = realpath($_SERVER['DOCUMENT_ROOT'] . "/bitrix/modules/$id");
            if (!\IsModuleInstalled($id)) {
                return false;
            }
            if (!isset(self::$loaded[$id]) && strpos($id, '.') !== false) {
                self::$loaded[$id] = true;
                self::autoload($folder, str_replace('.', '\\', ucwords($id, '.')) . '\\');
                include $folder . '/include.php';
            }
            return true;
        }

        /** The kernel's rule: Partner\Module\Some\Name lives in lib/some/name.php. */
        private static function autoload(string $folder, string $prefix): void
        {
            spl_autoload_register(static function (string $class) use ($folder, $prefix) {
                if (strpos($class, $prefix) === 0) {
                    $name = strtolower(str_replace('\\', '/', substr($class, strlen($prefix))));
                    require "$folder/lib/$name.php";
                }
            });
        }
    }
}

namespace Bitrix\Main\Config {

    use Bitrix\Main\Application;

    final class Option
    {
        public static function get(string $module, string $name, $default = ''): string
        {
            $sql = 'SELECT value FROM options WHERE module = ? AND name = ?';
            $row = Application::getConnection()->run($sql, [$module, $name])->fetch();
            return (string)($row ? $row['value'] : $default);
        }

        public static function set(string $module, string $name, string $value): void
        {
            Application::getConnection()->run('REPLACE INTO options VALUES (?, ?, ?)', [$module, $name, $value]);
        }

        public static function delete(string $module): void
        {
            Application::getConnection()->run('DELETE FROM options WHERE module = ?', [$module]);
        }
    }
}

namespace Bitrix\Main\Localization {

    final class Loc
    {
        public static array $messages = [];
        public static string $language = 'ru';

        public static function loadMessages(string $file): void
        {
            $folder = dirname($file);
            while (!is_dir("$folder/lang")) {
                $folder = dirname($folder);
            }
            $MESS = [];
            include "$folder/lang/" . self::$language . substr($file, strlen($folder));
            self::$messages = $MESS + self::$messages;
        }

        public static function getMessage(string $code): ?string
        {
            return self::$messages[$code] ?? null;
        }
    }
}

namespace Bitrix\Main\Type {

    class Date
    {
        protected \DateTime $moment;

        public function __construct(string $moment)
        {
            $this->moment = new \DateTime($moment);
        }

        public function format(string $format): string
        {
            return $this->moment->format($format);
        }
    }

    class DateTime extends Date
    {
    }
}

namespace Bitrix\Main\Web {

    final class Json
    {
        public static function encode($data): string
        {
            return json_encode($data, JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT | JSON_THROW_ON_ERROR);
        }

        public static function decode(string $text)
        {
            return json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        }
    }

    final class HttpClient
    {
        /** Takes a request in place of the network, and returns its status. */
        public static $instead = null;
        public array $options;
        private array $headers = [];
        private int $status = 0;

        public function __construct(array $options = [])
        {
            $this->options = $options;
        }

        public function setHeader(string $name, string $value): void
        {
            $this->headers[$name] = $value;
        }

        public function getStatus(): int
        {
            return $this->status;
        }

        public function post(string $url, string $body)
        {
            if (self::$instead !== null) {
                $this->status = (self::$instead)($url, $this->headers, $body, $this->options);
                return '';
            }
            $lines = [];
            foreach ($this->headers as $name => $value) {
                $lines[] = "$name: $value";
            }
            $http = ['method' => 'POST', 'header' => $lines, 'content' => $body, 'ignore_errors' => true,
                'follow_location' => 0, 'timeout' => $this->options['streamTimeout']];
            $answer = @file_get_contents($url, false, stream_context_create(['http' => $http]));
            $this->status = isset($http_response_header) ? (int)explode(' ', $http_response_header[0])[1] : 0;
            return $answer;
        }
    }
}
