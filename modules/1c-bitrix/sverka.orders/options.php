<?php

use Bitrix\Main\Loader;
use Bitrix\Main\Localization\Loc;
use Sverka\Orders\Settings;

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

Loc::loadMessages(__FILE__);
Loader::includeModule('sverka.orders');

if (!$USER->IsAdmin()) {
    return;
}

$sverkaForm = ['hub' => Settings::hub(), 'instant' => Settings::isInstant() ? 'Y' : 'N'];
$sverkaWrong = [];
$sverkaKept = false;
if ($_SERVER['REQUEST_METHOD'] === 'POST' && isset($_POST['sverka']) && check_bitrix_sessid()) {
    $sverkaForm = ['hub' => (string)($_POST['hub'] ?? ''), 'instant' => ($_POST['instant'] ?? '') === 'Y' ? 'Y' : 'N'];
    $sverkaWrong = Settings::keep($sverkaForm + ['secret' => (string)($_POST['secret'] ?? '')]);
    $sverkaKept = $sverkaWrong === [];
}

foreach ($sverkaWrong as $sverkaCode) {
    CAdminMessage::ShowMessage(Loc::getMessage('SVERKA_ORDERS_' . $sverkaCode));
}
if ($sverkaKept) {
    CAdminMessage::ShowNote(Loc::getMessage('SVERKA_ORDERS_KEPT'));
}

$sverkaTabs = new CAdminTabControl('sverkaTabs', [
    ['DIV' => 'sverka', 'TAB' => Loc::getMessage('SVERKA_ORDERS_TAB'), 'TITLE' => Loc::getMessage('SVERKA_ORDERS_TAB')],
]);
$sverkaTabs->Begin();
?>
<form method="post" action="<?= htmlspecialcharsbx($APPLICATION->GetCurPage()) ?>?mid=sverka.orders&amp;lang=<?= LANGUAGE_ID ?>">
<?= bitrix_sessid_post() ?>
<input type="hidden" name="sverka" value="Y">
<?php $sverkaTabs->BeginNextTab(); ?>
<tr>
    <td width="40%"><label for="sverka_hub"><?= Loc::getMessage('SVERKA_ORDERS_HUB') ?></label></td>
    <td width="60%">
        <input type="url" id="sverka_hub" name="hub" size="60" value="<?= htmlspecialcharsbx($sverkaForm['hub']) ?>"
            placeholder="https://hub.example/hooks/site/…">
    </td>
</tr>
<tr>
    <td><label for="sverka_secret"><?= Loc::getMessage('SVERKA_ORDERS_SECRET') ?></label></td>
    <td>
        <input type="password" id="sverka_secret" name="secret" size="60" value="" autocomplete="new-password"
            placeholder="<?= Loc::getMessage(Settings::isReady() ? 'SVERKA_ORDERS_SECRET_SET' : 'SVERKA_ORDERS_SECRET_UNSET') ?>">
    </td>
</tr>
<tr>
    <td><label for="sverka_instant"><?= Loc::getMessage('SVERKA_ORDERS_INSTANT') ?></label></td>
    <td>
        <input type="checkbox" id="sverka_instant" name="instant" value="Y"<?= $sverkaForm['instant'] === 'Y' ? ' checked' : '' ?>>
        <?= Settings::canAnswerFirst() ? '' : Loc::getMessage('SVERKA_ORDERS_SLOW') ?>
    </td>
</tr>
<?php $sverkaTabs->Buttons(); ?>
<input type="submit" class="adm-btn-save" value="<?= Loc::getMessage('SVERKA_ORDERS_SAVE') ?>">
<?php $sverkaTabs->End(); ?>
</form>
