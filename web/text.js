// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Text as the bytes that it travels as.

export const utf8 = text => new TextEncoder().encode(text);
export const fromUtf8 = bytes => new TextDecoder().decode(bytes);
