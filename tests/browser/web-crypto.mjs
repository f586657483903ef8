// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Node 18, Debian 12's, has the crypto of browsers, but not as a global. To be imported before what looks for it.

import {webcrypto} from 'node:crypto';

globalThis.crypto ??= webcrypto;
