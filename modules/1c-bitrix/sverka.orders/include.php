<?php

// Classes are found by the kernel itself: Sverka\Orders\Name lives in lib/name.php.
