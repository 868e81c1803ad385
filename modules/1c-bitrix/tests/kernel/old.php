<?php

// Stand-ins of the kernel's old classes and functions.

use Bitrix\Main\Application;

class CModule
{
}

final class CMain
{
    public ?string $error = null;

    public function ThrowException($text)
    {
        $this->error = $text;
    }

    public function GetCurPage()
    {
        return '/bitrix/admin/settings.php';
    }
}

final class CUser
{
    public bool $isAdmin = true;

    public function IsAdmin()
    {
        return $this->isAdmin;
    }
}

final class CDatabase
{
    public function RunSQLBatch($path)
    {
        $errors = [];
        foreach (array_filter(array_map('trim', explode(';', file_get_contents($path)))) as $sql) {
            try {
                Application::getConnection()->queryExecute($sql);
            } catch (Bitrix\Main\DB\SqlQueryException $error) {
                $errors[] = $error->getMessage();
            }
        }
        return $errors === [] ? false : $errors;
    }
}

final class CAgent
{
    public static function AddAgent($call, $module, $periodic, $period)
    {
        Application::getConnection()->run('INSERT INTO agents VALUES (?, ?, ?)', [$call, $module, $period]);
    }

    public static function RemoveModuleAgents($module)
    {
        Application::getConnection()->run('DELETE FROM agents WHERE module = ?', [$module]);
    }

    /** Runs every agent once, as the kernel does: by the text of the call. */
    public static function CheckAgents()
    {
        foreach (Application::getConnection()->query('SELECT * FROM agents')->fetchAll() as $agent) {
            Bitrix\Main\Loader::includeModule($agent['module']);
            $next = eval("return {$agent['func']}");
            Application::getConnection()->run('UPDATE agents SET func = ? WHERE func = ?', [$next, $agent['func']]);
        }
    }
}

final class CFile
{
    public static function GetFileArray($id)
    {
        return ['ID' => $id, 'SRC' => "/upload/sale/$id/layout.pdf", 'ORIGINAL_NAME' => 'layout.pdf', 'FILE_SIZE' => 2048,
            'CONTENT_TYPE' => 'application/pdf'];
    }
}

final class CAdminMessage
{
    public static function ShowMessage($text)
    {
        echo "[error: $text]";
    }

    public static function ShowNote($text)
    {
        echo "[note: $text]";
    }
}

final class CAdminTabControl
{
    public function __construct($name, array $tabs)
    {
    }

    public function Begin()
    {
    }

    public function BeginNextTab()
    {
    }

    public function Buttons()
    {
    }

    public function End()
    {
    }
}

function IsModuleInstalled($id)
{
    return Application::getConnection()->run('SELECT id FROM modules WHERE id = ?', [$id])->fetch() !== false;
}

function RegisterModule($id)
{
    Application::getConnection()->run('REPLACE INTO modules VALUES (?)', [$id]);
}

function UnRegisterModule($id)
{
    Application::getConnection()->run('DELETE FROM modules WHERE id = ?', [$id]);
}

function CopyDirFiles($from, $to)
{
    @mkdir($to, 0777, true);
    foreach (array_diff(scandir($from), ['.', '..']) as $name) {
        copy("$from/$name", "$to/$name");
    }
}

function DeleteDirFiles($like, $from)
{
    foreach (array_diff(scandir($like), ['.', '..']) as $name) {
        @unlink("$from/$name");
    }
}

function htmlspecialcharsbx($text)
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function check_bitrix_sessid()
{
    return ($_POST['sessid'] ?? '') === 'right';
}

function bitrix_sessid_post()
{
    return '<input type="hidden" name="sessid" value="right">';
}
