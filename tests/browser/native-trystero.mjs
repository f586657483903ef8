// SPDX-License-Identifier: LGPL-2.1-or-later

import {testNative} from './native.mjs';

await testNative('trystero');
