// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Waiting, but not for ever.

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

// Whether the promise resolves in time.
export const isInTime = (promise, ms) => Promise.race([promise.then(() => true), sleep(ms).then(() => false)]);
