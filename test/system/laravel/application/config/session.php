<?php

// Nothing here has a session, but Laravel asks for the driver before it shows an error page.
return ['driver' => 'array', 'cookie' => 'fap_session'];
