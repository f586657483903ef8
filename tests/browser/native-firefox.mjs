// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Our page in Firefox, against the elements.

import {testNative} from './native.mjs';

await testNative('page');
