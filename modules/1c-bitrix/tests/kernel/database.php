<?php

// The stand-in kernel's connection: SQLite in the site's folder, or a server of MySQL or MariaDB that STAND_SQL names as
// PDO does without a database ("mysql:unix_socket=/run/mysqld/mysqld.sock"), where each site has one of its own.

namespace Bitrix\Main\DB {

    class SqlQueryException extends \RuntimeException
    {
    }

    final class SqlHelper
    {
        private \PDO $pdo;

        public function __construct(\PDO $pdo)
        {
            $this->pdo = $pdo;
        }

        public function forSql(string $text): string
        {
            return substr($this->pdo->quote($text), 1, -1);
        }
    }

    final class Result
    {
        private array $rows;

        public function __construct(array $rows)
        {
            $this->rows = $rows;
        }

        public function fetch()
        {
            return array_shift($this->rows) ?? false;
        }

        public function fetchAll(): array
        {
            return $this->rows;
        }
    }

    final class Connection
    {
        private \PDO $pdo;
        private string $database;
        private int $touched = 0;

        /** Opens the database of the site whose folder is $root. */
        public function __construct(string $root)
        {
            $server = (string)getenv('STAND_SQL');
            $errors = [\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION];
            $this->database = $server === '' ? '' : 'site_' . md5((string)realpath($root));
            $this->pdo = new \PDO($server ?: "sqlite:$root/kernel.sqlite", 'root', '', $errors);
            if ($this->database !== '') {
                $this->pdo->exec("CREATE DATABASE IF NOT EXISTS $this->database CHARACTER SET utf8mb4");
                $this->pdo->exec("USE $this->database");
            }
            foreach ([
                'modules (id VARCHAR(50) PRIMARY KEY)',
                'options (module VARCHAR(50), name VARCHAR(50), value TEXT, PRIMARY KEY (module, name))',
                'handlers (from_module VARCHAR(50), event VARCHAR(50), to_module VARCHAR(50), class TEXT, method TEXT)',
                'agents (func TEXT, module VARCHAR(50), period INT)',
                'orders (id INT NOT NULL AUTO_INCREMENT, tree MEDIUMTEXT, PRIMARY KEY (id))',
            ] as $table) {
                $this->run("CREATE TABLE IF NOT EXISTS $table");
            }
        }

        public function query(string $sql): Result
        {
            return $this->run($sql);
        }

        public function queryExecute(string $sql): void
        {
            $this->run($sql);
        }

        public function run(string $sql, array $values = []): Result
        {
            if ($this->database === '') {
                $sql = str_replace('INT NOT NULL AUTO_INCREMENT,', 'INTEGER,', $sql);
            }
            try {
                $done = $this->pdo->prepare($sql);
                $done->execute($values);
                $this->touched = $done->rowCount();
                return new Result($done->columnCount() > 0 ? $done->fetchAll(\PDO::FETCH_ASSOC) : []);
            } catch (\PDOException $error) {
                throw new SqlQueryException($error->getMessage());
            }
        }

        public function getSqlHelper(): SqlHelper
        {
            return new SqlHelper($this->pdo);
        }

        public function startTransaction(): void
        {
            $this->pdo->beginTransaction();
        }

        public function rollbackTransaction(): void
        {
            $this->pdo->rollBack();
        }

        public function getAffectedRowsCount(): int
        {
            return $this->touched;
        }

        public function lastId(): int
        {
            return (int)$this->pdo->lastInsertId();
        }

        /** Removes the site's database from its server. */
        public function drop(): void
        {
            if ($this->database !== '') {
                $this->pdo->exec("DROP DATABASE $this->database");
            }
        }
    }
}
