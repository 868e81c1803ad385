<?php

namespace Sverka\Orders;

use Bitrix\Main\Application;
use Bitrix\Main\DB\Connection;

/** Which orders the hub has still to be told of. A row is written in the hit's own connection, so in its transaction. */
final class Outbox
{
    const TABLE = 'b_sverka_orders_outbox';

    /** The longest wait between two tries, in seconds. */
    const LONGEST_WAIT = 3600;

    /** How long rows are one hit's to tell of, in seconds; should it die, another takes them up then. */
    const TAKEN = 15;

    /** How long a row is kept that nobody takes, in seconds; the hub finds such orders by its sweep. */
    const KEPT = 3 * 86400;

    public static function add(int $order, string $event, int $now): void
    {
        $row = implode(', ', [$order, "'" . self::sql()->getSqlHelper()->forSql($event) . "'", $now]);
        self::sql()->queryExecute('INSERT INTO ' . self::TABLE . " (ORDER_ID, EVENT, MADE_AT) VALUES ($row)");
    }

    /** Returns the oldest rows that are due; none while any waits for its next try, for the hub is out of reach then. */
    public static function due(int $now, int $limit): array
    {
        if (self::count("NEXT_AT > $now") > 0) {
            return [];
        }
        return self::sql()->query('SELECT * FROM ' . self::TABLE . " ORDER BY ID LIMIT $limit")->fetchAll();
    }

    /** Takes rows, so that no other hit waits for the hub with the same; false where another has them all. */
    public static function take(array $rows, int $now): bool
    {
        $until = $now + self::TAKEN;
        $where = 'ID IN (' . self::ids($rows) . ") AND NEXT_AT <= $now";
        self::sql()->queryExecute('UPDATE ' . self::TABLE . " SET NEXT_AT = $until WHERE $where");
        return self::sql()->getAffectedRowsCount() > 0;
    }

    public static function waiting(): int
    {
        return self::count('1 = 1');
    }

    public static function done(array $rows): void
    {
        if ($rows !== []) {
            self::sql()->queryExecute('DELETE FROM ' . self::TABLE . ' WHERE ID IN (' . self::ids($rows) . ')');
        }
    }

    public static function failed(array $rows, int $now): void
    {
        $tries = max(array_map('intval', array_column($rows, 'TRIES'))) + 1;
        $next = $now + self::wait($tries);
        $set = "TRIES = $tries, NEXT_AT = $next";
        self::sql()->queryExecute('UPDATE ' . self::TABLE . " SET $set WHERE ID IN (" . self::ids($rows) . ')');
    }

    /** Returns the seconds before the next try: one minute, two, four, up to an hour. */
    public static function wait(int $tries): int
    {
        return (int)min(60 * 2 ** min($tries - 1, 10), self::LONGEST_WAIT);
    }

    public static function forget(int $now): void
    {
        self::sql()->queryExecute('DELETE FROM ' . self::TABLE . ' WHERE MADE_AT < ' . ($now - self::KEPT));
    }

    private static function count(string $where): int
    {
        $row = self::sql()->query('SELECT COUNT(*) AS CNT FROM ' . self::TABLE . " WHERE $where")->fetch();
        return (int)$row['CNT'];
    }

    private static function ids(array $rows): string
    {
        return implode(', ', array_map('intval', array_column($rows, 'ID')));
    }

    private static function sql(): Connection
    {
        return Application::getConnection();
    }
}
