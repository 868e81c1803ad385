"""Every command: its path, where it is, and one line of what it does. The order is that of the help."""

from dataclasses import dataclass

from sverka.cli.words import t


@dataclass(frozen=True)
class Row:
    """A command, or a group of them where `where` is empty; `where` is `module:function`, the module inside the cli."""

    path: str
    where: str
    en: str
    ru: str

    @property
    def about(self) -> str:
        """The line in the language of the person at the terminal."""
        return t(self.en, self.ru)


ROWS = (
    Row("demo", "demo.command:demo", "See the whole job done on this machine.", "Увидеть всю работу на этой машине."),
    Row("init", "init:init", "Create the database and the key.", "Создать базу и ключ."),
    Row("connect", "", "Connect a portal or a store.", "Подключить портал или магазин."),
    Row("connect portal", "connect.connect:portal", "Connect a Bitrix24 portal.", "Подключить портал Битрикс24."),
    Row("connect store", "connect.connect:store", "Connect an online store.", "Подключить магазин."),
    Row(
        "connection",
        "",
        "List, show, remove and resume connections.",
        "Список подключений, показ, удаление, возобновление.",
    ),
    Row(
        "connection list",
        "connect.connection:list_all",
        "What is connected, and whether it works.",
        "Что подключено и работает ли.",
    ),
    Row("connection show", "connect.shown:connection", "What it can and cannot do.", "Что оно умеет и чего нет."),
    Row(
        "connection remove",
        "connect.connection:remove",
        "Forget a connection and its secrets.",
        "Забыть подключение и секреты.",
    ),
    Row(
        "connection exchange",
        "connect.connection:exchange",
        "Let a real 1C exchange with a store.",
        "Пустить настоящую 1С к заказам.",
    ),
    Row("connection pause", "connect.connection:pause", "Stop a connection for now.", "Приостановить подключение."),
    Row(
        "connection resume", "connect.connection:resume", "Let a stopped connection go on.", "Продолжить остановленное."
    ),
    Row("connector", "", "Connectors there are; draft your own.", "Какие коннекторы есть; набросок своего."),
    Row("connector list", "connect.connector:list_all", "The connectors there are.", "Какие коннекторы есть."),
    Row("connector show", "connect.shown:connector", "What it asks for and can do.", "Что он спросит и что умеет."),
    Row("connector new", "connect.connector:new", "Draft a connector of your own.", "Набросать свой коннектор."),
    Row("profile", "", "Write, check, preview and apply profiles.", "Создать, проверить и применить профили."),
    Row("profile new", "profile.draft:new", "Draft a profile from both sides.", "Набросать профиль по обеим сторонам."),
    Row(
        "profile check", "profile.draft:check", "Say all that is wrong, line by line.", "Назвать все ошибки по строкам."
    ),
    Row("profile map", "profile.map:show_map", "Statuses and stages as one table.", "Статусы и стадии одной таблицей."),
    Row("profile scaffold", "profile.scaffold:scaffold", "Make what a side lacks.", "Создать то, чего не хватает."),
    Row(
        "profile preview", "profile.preview:preview", "What it would do to real orders.", "Что он сделал бы с заказами."
    ),
    Row("profile adopt", "profile.adopt:adopt", "Join orders to deals there are.", "Связать с имеющимися сделками."),
    Row("profile apply", "profile.apply:apply", "Put a profile in force.", "Ввести профиль в действие."),
    Row(
        "profile list", "profile.apply:list_all", "The profiles in force, in order.", "Действующие профили по порядку."
    ),
    Row("profile show", "profile.apply:show", "Print a profile's document.", "Напечатать документ профиля."),
    Row("profile moves", "moves:of_profile", "Which rule moved what.", "Какое правило что изменило."),
    Row("profile stop", "profile.switch:stop", "Switch a profile off.", "Выключить профиль."),
    Row("profile start", "profile.switch:start", "Switch a profile on.", "Включить профиль."),
    Row("profile pause", "profile.apply:pause", "Stop a profile until resumed.", "Остановить профиль."),
    Row("profile resume", "profile.apply:resume", "Let a stopped profile go on.", "Продолжить остановленный профиль."),
    Row("up", "up:up", "Run the hub until Ctrl+C.", "Запустить хаб до Ctrl+C."),
    Row("web", "up:web", "Take webhooks; workers do the work.", "Принимать вебхуки; работу делают worker."),
    Row("worker", "up:worker", "Do the work; as many as you like.", "Делать работу; их может быть сколько угодно."),
    Row("status", "health.status:status", "What works, waits and differs.", "Что работает, ждёт и расходится."),
    Row("order", "", "Look at orders, sync and decide.", "Смотреть заказы, сверять их и решать."),
    Row("order show", "order.show:show", "An order's story and what differs.", "История заказа и расхождения."),
    Row("order moves", "moves:of_order", "Which rule moved what.", "Какое правило что изменило."),
    Row("order list", "order.list:list_all", "Bound orders, or what differs.", "Связанные заказы или расхождения."),
    Row("order decide", "order.show:decide", "Say whose value stays.", "Решить, чьё значение остаётся."),
    Row("order contact", "order.contact:contact", "Say whose order it is.", "Сказать, чей это заказ."),
    Row("order resolve", "order.resolve:resolve", "Answer many differences at once.", "Ответить сразу на многое."),
    Row(
        "order sync",
        "order.sync:sync",
        "Look at orders now; exit code 1 if put off.",
        "Сверить заказы сейчас; код 1, если отложено.",
    ),
    Row("portal", "", "Ask a portal.", "Спросить портал."),
    Row("portal people", "connect.portal:people", "Who works there, with ids.", "Кто там работает, с номерами."),
    Row("backfill", "backfill:backfill", "Bring a store's earlier orders.", "Перенести прежние заказы магазина."),
    Row("customer", "", "Customers a store had before.", "Покупатели, которые уже были в магазине."),
    Row("customer list", "customer:list_all", "Who of them the portal knows.", "Кого из них портал уже знает."),
    Row("customer send", "customer:send", "Send them to the portal.", "Отправить их на портал."),
    Row("sweep", "sweep:sweep", "Ask both sides what changed, now.", "Спросить стороны, что изменилось."),
    Row("report", "health.report:report", "Account for every order.", "Отчитаться за каждый заказ."),
    Row(
        "doctor",
        "health.doctor:doctor",
        "Check everything and say what is wrong.",
        "Проверить всё и назвать неполадки.",
    ),
    Row("restored", "restored:restored", "Go on after a backup was put back.", "Продолжить после возврата копии."),
    Row("key", "", "The key of saved secrets.", "Ключ сохранённых секретов."),
    Row("key rotate", "transfer:rotate", "Seal the secrets under a new key.", "Перешифровать секреты новым ключом."),
    Row("export", "transfer:export", "Write the configuration to a file.", "Записать настройку в файл."),
    Row("import", "transfer:take", "Take in such a file.", "Принять такой файл."),
    Row("user", "", "Who may use the API.", "Кто может работать с API."),
    Row("user add", "users:add", "Let somebody sign in.", "Разрешить кому-то вход."),
    Row("user list", "users:list_all", "Who may sign in, and as what.", "Кто может войти и кем."),
    Row("user password", "users:password", "Set a user's password.", "Задать пароль пользователя."),
    Row("user role", "users:role", "Give a user another role.", "Сменить роль пользователя."),
    Row("user remove", "users:remove", "Let a user in no more.", "Больше не пускать пользователя."),
    Row("token", "", "Tokens of programs.", "Токены программ."),
    Row("token add", "users:add_token", "Make a token, shown once.", "Создать токен; показан один раз."),
    Row("token list", "users:list_tokens", "The tokens in force.", "Действующие токены."),
    Row("token remove", "users:remove_token", "End a token.", "Отозвать токен."),
    Row("audit", "audit:audit", "Who changed what, and when.", "Кто, что и когда изменил."),
    Row("sandbox", "", "Run a practice portal or store here.", "Запустить учебный портал или магазин."),
    Row("sandbox portal", "sandbox:portal", "A practice Bitrix24 portal.", "Учебный портал Битрикс24."),
    Row("sandbox bitrix-site", "sandbox:bitrix_site", "A practice 1C-Bitrix store.", "Учебный магазин 1С-Битрикс."),
    Row(
        "sandbox pixlpark", "sandbox:pixlpark", "A practice print shop on Pixlpark.", "Учебная типография на Pixlpark."
    ),
    Row(
        "sandbox commerceml", "sandbox:commerceml", "A practice store with CommerceML.", "Учебный магазин с CommerceML."
    ),
    Row("sandbox woocommerce", "sandbox:woocommerce", "A practice WooCommerce store.", "Учебный магазин WooCommerce."),
)
