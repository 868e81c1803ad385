<?php

// Stand-ins of the kernel's module `sale`: an order is a tree of fields, kept as JSON in the site's database.

namespace Bitrix\Sale {

    use Bitrix\Main\Application;
    use Bitrix\Main\EventManager;
    use Bitrix\Main\Type\DateTime;

    final class Result
    {
        private array $errors;

        public function __construct(array $errors = [])
        {
            $this->errors = $errors;
        }

        public function isSuccess(): bool
        {
            return $this->errors === [];
        }

        public function getErrorMessages(): array
        {
            return $this->errors;
        }
    }

    class Entity
    {
        protected array $row;
        private ?Collection $owner;

        public function __construct(array &$row, ?Collection $owner = null)
        {
            $this->row = &$row;
            $this->owner = $owner;
        }

        public function getField(string $name)
        {
            return $this->getFieldValues()[$name] ?? null;
        }

        public function getFieldValues(): array
        {
            $fields = $this->row['fields'];
            foreach ($fields as $name => $value) {
                if (strpos($name, 'DATE_') === 0 && $value !== null) {
                    $fields[$name] = new DateTime($value);
                }
            }
            return $fields;
        }

        public function setField(string $name, $value)
        {
            if ($value === 'NO') {
                return new Result(['The value is refused']);
            }
            $this->row['fields'][$name] = $value;
            return new Result();
        }

        public function getCollection(): ?Collection
        {
            return $this->owner;
        }

        public function getPropertyCollection()
        {
            return new Collection($this->row['props'], null);
        }

        public function getShipmentItemCollection(): Collection
        {
            return new Collection($this->row['items'], null);
        }
    }

    final class PropertyValue extends Entity
    {
        public function getProperty(): array
        {
            return $this->row['property'];
        }

        public function getValue()
        {
            return $this->row['value'];
        }

        public function checkValue($key, $value): Result
        {
            return new Result($value === 'NO' ? ['The value is refused'] : []);
        }

        /** As the kernel does, takes whatever comes. */
        public function setValue($value): void
        {
            $this->row['value'] = $value;
            $this->row['fields']['ID'] = $this->row['fields']['ID'] ?? 200;
        }
    }

    final class Collection implements \IteratorAggregate
    {
        private array $rows;
        private ?Order $order;
        private string $class;

        public function __construct(?array &$rows, ?Order $order, string $class = Entity::class)
        {
            $rows = $rows ?? [];
            $this->rows = &$rows;
            $this->order = $order;
            $this->class = $class;
        }

        public function getOrder(): ?Order
        {
            return $this->order;
        }

        public function getIterator(): \ArrayIterator
        {
            $found = [];
            foreach ($this->rows as &$row) {
                $found[] = new $this->class($row, $this);
            }
            return new \ArrayIterator($found);
        }
    }

    abstract class OrderBase extends Entity
    {
    }

    final class Order extends OrderBase
    {
        private array $tree;

        public function __construct(array $tree)
        {
            $this->tree = $tree;
            parent::__construct($this->tree);
        }

        public static function load(int $id): ?self
        {
            $row = Application::getConnection()->run('SELECT tree FROM orders WHERE id = ?', [$id])->fetch();
            return $row ? new self(json_decode($row['tree'], true)) : null;
        }

        public function getId(): int
        {
            return (int)($this->tree['fields']['ID'] ?? 0);
        }

        public function getBasket(): ?Collection
        {
            return new Collection($this->tree['basket'], $this);
        }

        public function getPaymentCollection(): Collection
        {
            return new Collection($this->tree['payments'], $this);
        }

        public function getShipmentCollection(): Collection
        {
            return new Collection($this->tree['shipments'], $this);
        }

        public function getPropertyCollection(): Collection
        {
            return new Collection($this->tree['properties'], $this, PropertyValue::class);
        }

        public function getTradeBindingCollection(): Collection
        {
            return new Collection($this->tree['bindings'], $this);
        }

        /** Saves, with a new version even where nothing changed, and tells whoever listens. */
        public function save(): Result
        {
            if (($this->tree['fields']['COMMENTS'] ?? '') === 'REFUSE ME') {
                return new Result(['The comment is refused']);
            }
            $sql = Application::getConnection();
            $this->tree['fields']['VERSION'] = ($this->tree['fields']['VERSION'] ?? 0) + 1;
            $this->tree['fields']['DATE_UPDATE'] = date('c');
            $sql->run('REPLACE INTO orders VALUES (?, ?)', [$this->getId() ?: null, '']);
            $this->tree['fields']['ID'] = $this->getId() ?: $sql->lastId();
            $sql->run('UPDATE orders SET tree = ? WHERE id = ?', [json_encode($this->tree), $this->getId()]);
            foreach ($this->getPaymentCollection() as $payment) {
                EventManager::send('sale', 'OnSalePaymentEntitySaved', ['ENTITY' => $payment]);
            }
            EventManager::send('sale', 'OnSaleOrderSaved', ['ENTITY' => $this, 'IS_NEW' => false]);
            return new Result();
        }

        public static function delete(int $id): Result
        {
            $order = self::load($id);
            Application::getConnection()->run('DELETE FROM orders WHERE id = ?', [$id]);
            EventManager::send('sale', 'OnSaleOrderDeleted', ['ENTITY' => $order, 'VALUE' => true]);
            return new Result();
        }
    }

    final class TradingPlatformTable
    {
        public static function getList(array $ask): \Bitrix\Main\DB\Result
        {
            return new \Bitrix\Main\DB\Result([['XML_ID' => 'bx_platform_' . $ask['filter']['=ID']]]);
        }
    }
}

namespace Bitrix\Sale\Internals {

    use Bitrix\Main\DB\Result;
    use Bitrix\Sale\Order;

    final class OrderCouponsTable
    {
        public static function getList(array $ask): Result
        {
            $row = \Bitrix\Main\Application::getConnection()
                ->run('SELECT tree FROM orders WHERE id = ?', [$ask['filter']['=ORDER_ID']])->fetch();
            $coupons = $row ? json_decode($row['tree'], true)['coupons'] ?? [] : [];
            return new Result(array_map(static function ($code) {
                return ['COUPON' => $code];
            }, $coupons));
        }
    }
}
